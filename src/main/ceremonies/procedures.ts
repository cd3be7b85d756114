import { CountersignError } from '../base/index.ts';
import { type CallContext, callerOf, os } from '../base/procedures.ts';
import { sha256 } from '../crypto/index.ts';
import { type TranscriptPrimitives, transcriptSays, verifyTranscript } from '../proof/index.ts';
import type { Ceremonies } from './service.ts';

/** Who is signed in; a ceremony is led by a person. */
function leaderOf(context: CallContext): string {
  const [, id] = /^operator-(\d+)$/.exec(callerOf(context).actor) ?? [];
  if (id !== undefined) return id;
  throw new CountersignError('NOT_PERMITTED', 'A ceremony is led by a person who is signed in.', {
    expected: 'a sign-in, on the command line --operator NAME',
  });
}

/** Binds the contract's `ceremonies`. */
export const ceremoniesProcedures = (ceremonies: Ceremonies, primitives: TranscriptPrimitives) =>
  os.ceremonies.router({
    list: os.ceremonies.list.handler(() => ceremonies.list()),
    keys: os.ceremonies.keys.handler(() => ceremonies.keys()),
    get: os.ceremonies.get.handler(({ input }) => ceremonies.get(input.ceremonyId)),
    begin: os.ceremonies.begin.handler(({ input, context }) =>
      ceremonies.begin(callerOf(context), leaderOf(context), input),
    ),
    act: os.ceremonies.act.handler(async ({ input, context }) => {
      const { ceremony, sheet } = await ceremonies.act(callerOf(context), input);
      if (sheet === null) return { ceremony, sheet };
      const { pdf, ...rest } = sheet;
      return { ceremony, sheet: { ...rest, pdf: new Blob([Buffer.from(pdf)], { type: 'application/pdf' }) } };
    }),
    sign: os.ceremonies.sign.handler(({ input, context }) => ceremonies.sign(callerOf(context), input)),
    except: os.ceremonies.except.handler(({ input, context }) =>
      ceremonies.except(callerOf(context), input.ceremonyId, input.class, input.reason),
    ),
    abandon: os.ceremonies.abandon.handler(({ input, context }) =>
      ceremonies.abandon(callerOf(context), input),
    ),
    transcript: os.ceremonies.transcript.handler(({ input }) => ceremonies.transcript(input.ceremonyId)),
    verify: os.ceremonies.verify.handler(({ input }) => {
      const answer = verifyTranscript(input.text, primitives);
      const { verified, reason, step, seal, transcript } = answer;
      const says = verified && transcript !== null ? transcriptSays(transcript, sha256) : null;
      return { verified, reason, step, seal, rehearsal: transcript?.rehearsal ?? null, says };
    }),
  });
