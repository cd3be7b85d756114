import { CountersignError } from '../base/index.ts';
import { canonicalJson } from '../crypto/index.ts';
import { CARD_FORM, cardName, readCard } from './card-form.ts';
import {
  ANSWER_FORM,
  type Answer,
  answerForm,
  answerName,
  type Packet,
  packetForm,
  packetName,
} from './packet-form.ts';
import { bytesOf, readFile, signedPart } from './packet-text.ts';
import {
  commandHashOf,
  fingerprintOf,
  type SignedStatement,
  verifySigned,
  verifyStatement,
} from './signed.ts';

/** A signature over a whole packet fits nothing else. */
export const PACKET_PURPOSE = 'approval-packet';

export const refusePacket = (
  code:
    | 'PACKET_INVALID'
    | 'PACKET_FOREIGN'
    | 'PACKET_REPLAYED'
    | 'PACKET_OUT_OF_ORDER'
    | 'PACKET_SIGNER_UNKNOWN',
  message: string,
  path: string,
  expected?: string,
) => new CountersignError(code, message, { path, ...(expected === undefined ? {} : { expected }) });

/** The name of a file of ours, whichever of the three it is. Throws where it is none. */
export function fileNameOf(text: string): string {
  if (text.includes(`"${ANSWER_FORM}"`)) return answerName(readFile(answerForm, text));
  if (text.includes(`"${CARD_FORM}"`)) return cardName(readCard(text).name);
  const packet = readFile(packetForm, text);
  checkPacket(packet);
  return packetName(packet);
}

export const isSelf = () =>
  new CountersignError('APPROVAL_SELF', 'Who asked for a command does not agree to it, with whatever key.');

type Stated = Omit<SignedStatement, 'decision' | 'person' | 'reason'>;

export const statedIn = (packet: Packet): Stated => ({
  vault: packet.vault,
  request: packet.request,
  procedure: packet.procedure,
  commandHash: packet.commandHash,
  policy: packet.policy.id,
  version: packet.policy.version,
  onBehalfOf: null,
  expiresAtMs: packet.expiresAtMs,
});

/** What an answer says that its signer signed. */
export const statementOf = (answer: Answer): SignedStatement => ({
  vault: answer.vault,
  request: answer.request,
  procedure: answer.procedure,
  commandHash: answer.commandHash,
  policy: answer.policy,
  version: answer.version,
  decision: answer.decision,
  person: answer.signer,
  onBehalfOf: null,
  reason: answer.reason,
  expiresAtMs: answer.expiresAtMs,
});

/** Whether a packet holds together: hash, command, and both signatures. Throws `PACKET_INVALID`. */
export function checkPacket(packet: Packet): void {
  const changed = (path: string, expected: string) =>
    refusePacket(
      'PACKET_INVALID',
      'The packet does not fit together: it was changed on its way.',
      path,
      expected,
    );
  if (commandHashOf(packet.command) !== packet.commandHash)
    throw changed('commandHash', 'the hash of the command');
  if (procedureOf(packet.command) !== packet.procedure)
    throw changed('procedure', 'the procedure of the command');
  const signer = bytesOf(packet.signer.publicKey);
  const whole = { purpose: PACKET_PURPOSE, message: signedPart(packet), publicKey: signer };
  if (!verifySigned({ ...whole, signature: bytesOf(packet.signature) })) {
    throw changed('signature', 'a signature over the whole packet');
  }
  const maker = bytesOf(packet.maker.publicKey);
  const asked: SignedStatement = {
    ...statedIn(packet),
    decision: 'ask',
    person: fingerprintOf(maker),
    reason: null,
  };
  if (!verifyStatement(asked, maker, bytesOf(packet.maker.signature))) {
    throw changed('maker.signature', 'the maker’s signature over the request');
  }
}

/** The procedure that a canonical command names; undefined where the text is not canonical. */
function procedureOf(command: string): unknown {
  try {
    const value: unknown = JSON.parse(command);
    if (canonicalJson(value as never) !== command) return undefined;
    return (value as { procedure?: unknown } | null)?.procedure;
  } catch {
    return undefined;
  }
}
