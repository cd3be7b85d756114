import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/main/crypto/index.ts';
import { type Transcript, type TranscriptPrimitives, verifyTranscript } from '../../src/main/proof/index.ts';
import { abandon, begin, nextStep, openWorld, primitives, runThrough } from './support.ts';

let text = '';
beforeAll(async () => {
  const world = await openWorld();
  const { id } = begin(world);
  await runThrough(world, id);
  text = world.ceremonies.transcript(id).text;
  world.close();
});

const verify = (file: string) => verifyTranscript(file, primitives);
type Loose = { [key: string]: Loose } & Loose[] & string;
/** The transcript with something changed, written as transcripts are. */
function changed(change: (transcript: Loose) => void): string {
  const copy = JSON.parse(text) as Loose;
  change(copy);
  return `${JSON.stringify(copy, null, 1)}\n`;
}

test('a transcript of 3 of 5 verifies within a second', () => {
  // Of the processor: a busy machine is no slow program.
  const before = process.cpuUsage();
  expect(verify(text)).toMatchObject({ verified: true, step: null });
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1_000).toBeLessThan(1_000);
});

/** Verification that remembers what it verified: most of a changed file is as it was. */
function remembering(): TranscriptPrimitives {
  const known = new Map<string, boolean>();
  return {
    sha256: primitives.sha256,
    verifyHybrid(signed) {
      const { publicKey, message, signature } = signed;
      const key = sha256(Buffer.concat([publicKey, message, signature])).toString('base64');
      const answer = known.get(key) ?? primitives.verifyHybrid(signed);
      known.set(key, answer);
      return answer;
    },
  };
}

/** Changes bytes of a transcript one after another, and fails where one can be changed. */
function changeBytes(file: string, stride: number): number {
  const bytes = Buffer.from(file, 'utf8');
  const remembered = remembering();
  let tried = 0;
  for (let at = 0; at < bytes.length; at += stride) {
    const before = bytes[at]!;
    bytes[at] = before ^ 1;
    const answer = verifyTranscript(bytes.toString('utf8'), remembered);
    bytes[at] = before;
    tried += 1;
    if (answer.verified) expect.fail(`byte ${at} (${String.fromCharCode(before)}) can be changed`);
  }
  return tried;
}

test('with any byte changed it does not verify', { timeout: 180_000 }, async () => {
  // A prime stride over the long file, and every byte of what is no signature in a short one.
  expect(changeBytes(text, 307)).toBeGreaterThan(500);
  const world = await openWorld();
  const { id } = begin(world, { custodians: ['2', '3'], threshold: 2 });
  await nextStep(world, id);
  abandon(world, id);
  await runThrough(world, id);
  const short = JSON.parse(world.ceremonies.transcript(id).text) as Transcript;
  world.close();
  const whole = `${JSON.stringify(short, null, 1)}\n`;
  expect(verify(whole).verified).toBe(true);
  const remembered = remembering();
  const bytes = Buffer.from(whole, 'utf8');
  const long = [...whole.matchAll(/"[A-Za-z0-9+/=]{200,}"/g)].map(({ index, 0: found }) => [
    index + 1,
    index + found.length - 1,
  ]);
  for (let at = 0; at < bytes.length; at += 1) {
    const stretch = long.find(([from, to]) => at === from! + 1 && at < to!);
    // Bytes within one signature are all alike: the stride above meets them.
    if (stretch !== undefined) at = stretch[1]! - 1;
    bytes[at]! ^= 1;
    if (verifyTranscript(bytes.toString('utf8'), remembered).verified)
      expect.fail(`byte ${at} can be changed`);
    bytes[at]! ^= 1;
  }
});

describe('says where it does not fit', () => {
  test.each<[string, (t: Loose) => void, string | null, RegExp]>([
    [
      'a name',
      (t) => {
        t.participants![2]!.name = 'Eve' as Loose;
      },
      'assemble',
      /signature/,
    ],
    [
      'a fact',
      (t) => {
        t.steps![1]!.facts![0]![1] = 'ff' as Loose;
      },
      'generate',
      /signature/,
    ],
    ['a step left out', (t) => void t.steps!.splice(3, 1), 'hand-out-3', /script has "hand-out-2"/],
    [
      'two steps swapped',
      (t) => void t.steps!.splice(2, 0, t.steps!.splice(3, 1)[0]!),
      'hand-out-2',
      /script/,
    ],
    ['the end cut off', (t) => void t.steps!.pop(), 'close', /ends before step "close"/],
    ['a signature missing', (t) => void t.steps![0]!.signatures!.pop(), 'assemble', /not signed by exactly/],
    ['a step twice', (t) => void t.steps!.push(t.steps!.at(-1)!), 'close', /after the last/],
    [
      'signatures exchanged',
      (t) => {
        const [a, b] = t.steps![0]!.signatures!;
        [a!.signature, b!.signature] = [b!.signature!, a!.signature!];
      },
      'assemble',
      /signature of Person 1/,
    ],
    [
      'a rehearsal made real',
      (t) => {
        t.rehearsal = true as unknown as Loose;
      },
      'assemble',
      /signature/,
    ],
    [
      'somebody in two parts',
      (t) => {
        t.participants![1]!.operatorId = '2' as Loose;
      },
      null,
      /takes part twice/,
    ],
    [
      'one key for two',
      (t) => {
        t.participants![1]!.publicKey = t.participants![0]!.publicKey!;
      },
      null,
      /one key/,
    ],
    [
      'no witness',
      (t) => {
        t.participants![1]!.role = 'custodian' as Loose;
      },
      null,
      /witness/,
    ],
  ])('%s', (_, change, step, reason) => {
    const answer = verify(changed(change));
    expect(answer).toMatchObject({ verified: false, step });
    expect(answer.reason).toMatch(reason);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', 'transcript'],
    ['another file', '{"form":"countersign receipt v1"}\n'],
    ['another layout', text.replace('\n', '\n ')],
  ])('%s', (_, file) => {
    expect(verify(file)).toMatchObject({ verified: false });
    expect(verify(file).reason).toMatch(/no transcript|not written/);
  });
});
