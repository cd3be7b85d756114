import type { ApprovalDetail, approvals } from '../../contract/approvals.ts';
import type { Audit } from '../audit/index.ts';
import { type Caller, CountersignError, type Runtime, type Seat } from '../base/index.ts';
import { canonicalJson } from '../crypto/index.ts';
import type { Vault } from '../vault/index.ts';
import { type CardDesk, signingKey } from './card.ts';
import { CARD_FORM, cardName, readCard } from './card-form.ts';
import type { PeopleOfVault } from './context.ts';
import {
  ANSWER_FORM,
  type Answer,
  answerForm,
  answerName,
  PACKET_FORM,
  type Packet,
  packetForm,
  packetName,
} from './packet-form.ts';
import { saveInto } from './packet-saving.ts';
import { bytesOf, fileText, readFile, signedPart } from './packet-text.ts';
import {
  APPROVAL_PURPOSE,
  commandHashOf,
  fingerprintOf,
  type SignedStatement,
  signedMessage,
  verifySigned,
  verifyStatement,
} from './signed.ts';

/** A signature over a whole packet fits nothing else. */
export const PACKET_PURPOSE = 'approval-packet';

/** What of a request no screen shows, but a packet carries or is held against. */
export interface AskedRequest {
  /** Canonical text, as it is hashed; what screens show of it may be masked. */
  readonly command: string;
  readonly procedure: string;
  readonly commandHash: string;
  readonly policyId: string;
  readonly policyVersion: number;
  readonly expiresAtMs: number;
  /** Null where the program asked by itself. */
  readonly makerKey: Buffer | null;
  readonly makerSignature: Buffer | null;
  /** Of the answers that were taken. */
  readonly signatures: readonly Buffer[];
}

/** An answer that was signed on another console, by somebody who is known here. */
export interface CarriedVote {
  readonly requestId: string;
  readonly commandHash: string;
  readonly decision: 'approve' | 'veto';
  readonly reason: string | null;
  readonly operatorId: string;
  readonly publicKey: Buffer;
  readonly signature: Buffer;
  readonly way: 'packet';
}

/** What packets need of the requests of this vault. */
export interface PacketSource {
  /** A request as it is shown. Throws `APPROVAL_UNKNOWN`. */
  detail(requestId: string): Omit<ApprovalDetail, 'mine'>;
  /** Undefined where there is no such request. */
  asked(requestId: string): AskedRequest | undefined;
  /** The same checks as those of a vote on this console, and the run at quorum. */
  takeVote(caller: Caller, vote: CarriedVote): Promise<ApprovalDetail>;
}

export interface PacketsOptions {
  readonly vault: Vault;
  readonly audit: Audit;
  readonly operators: PeopleOfVault;
  readonly runtime: Runtime;
  readonly cards: CardDesk;
  readonly requests: PacketSource;
}

type File = { readonly name: string; readonly text: string };
type Shown = NonNullable<(typeof approvals.readPacket)['~orpc']['outputSchema']>['_output'];
type AnswerInput = {
  readonly text: string;
  readonly commandHash: string;
  readonly decision: 'approve' | 'veto';
  readonly reason?: string | undefined;
  readonly trust?: string | undefined;
};

/** Requests on their way to consoles without a network between them, and the answers back. */
export interface Packets {
  exportPacket(caller: Caller, seat: Seat, requestId: string): File;
  /** Throws `PACKET_INVALID`, `APPROVAL_EXPIRED`. Nothing is written. */
  readPacket(seat: Seat, text: string): Shown;
  answerPacket(caller: Caller, seat: Seat, input: AnswerInput): File;
  takeAnswer(caller: Caller, text: string): Promise<ApprovalDetail>;
  /** Writes one of the three files into a folder, under its own name. Throws `PACKET_INVALID`, `PACKET_NOT_SAVED`. */
  saveFile(input: { readonly text: string; readonly folder: string }): { readonly path: string };
}

const refuse = (
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

export function createPackets(options: PacketsOptions): Packets {
  const { vault, audit, operators, runtime, cards, requests } = options;

  /** Who is signed in, and the key they sign with here. */
  function signerAt(seat: Seat) {
    const me = operators.me(seat);
    if (me === null)
      throw new CountersignError('SESSION_KEY_MISSING', 'Sign in first: there is no key to sign with.');
    const publicKey = signingKey(operators, me.id, runtime);
    return { me, publicKey, fingerprint: fingerprintOf(publicKey) };
  }

  function open(text: string): Packet {
    const packet = readFile(packetForm, text);
    checkPacket(packet);
    if (runtime.nowMs() < packet.expiresAtMs) return packet;
    throw new CountersignError('APPROVAL_EXPIRED', 'The time to answer this packet is over.', {
      path: 'expiresAtMs',
    });
  }

  function exportPacket(caller: Caller, seat: Seat, requestId: string): File {
    const { me, publicKey } = signerAt(seat);
    const shown = requests.detail(requestId);
    const asked = requests.asked(requestId);
    if (shown.state !== 'pending') {
      throw new CountersignError('APPROVAL_CLOSED', 'Only a request that is open travels.', {
        path: 'requestId',
      });
    }
    if (!asked?.makerKey || !asked.makerSignature) {
      const message = 'What the program asked for by itself has no maker whose signature could travel.';
      throw refuse('PACKET_INVALID', message, 'requestId', 'a request that a person made');
    }
    const unsigned: Packet = {
      form: PACKET_FORM,
      vault: vault.vaultId,
      request: requestId,
      sequence: String(shown.askedRecord),
      procedure: shown.procedure,
      command: asked.command,
      commandHash: shown.commandHash,
      policy: {
        id: shown.policyId,
        version: shown.policyVersion,
        title: shown.policyTitle,
        quorum: shown.quorum,
      },
      maker: {
        name: shown.makerName,
        publicKey: asked.makerKey.toString('base64'),
        signature: asked.makerSignature.toString('base64'),
      },
      reason: shown.reason,
      askedAtMs: shown.askedAtMs,
      expiresAtMs: shown.expiresAtMs,
      rendered: {
        title: shown.rendered.title,
        lines: shown.rendered.lines.map(({ label, before, after }) => ({ label, before, after })),
      },
      exportedAtMs: runtime.nowMs(),
      nonce: runtime.randomBytes(16).toString('hex'),
      signer: { name: me.name, publicKey: publicKey.toString('base64') },
      signature: '',
    };
    const { signature } = operators.signAs(seat, { purpose: PACKET_PURPOSE, message: signedPart(unsigned) });
    const text = fileText({ ...unsigned, signature: signature.toString('base64') });
    // What could not be read again must not leave: the other console would only say that it is no packet.
    checkPacket(readFile(packetForm, text));
    vault.transaction(() =>
      audit.record({
        kind: 'approvals.export-packet',
        ...caller,
        subjects: [{ kind: 'approval', id: requestId }],
        detail: {
          requestId,
          commandHash: shown.commandHash,
          nonce: unsigned.nonce,
          signer: fingerprintOf(publicKey),
        },
      }),
    );
    return { name: packetName(unsigned), text };
  }

  function readPacket(seat: Seat, text: string): Shown {
    const packet = open(text);
    const signerFingerprint = fingerprintOf(bytesOf(packet.signer.publicKey));
    const makerFingerprint = fingerprintOf(bytesOf(packet.maker.publicKey));
    const me = operators.me(seat);
    return {
      vaultId: packet.vault,
      isOwn: packet.vault === vault.vaultId,
      requestId: packet.request,
      procedure: packet.procedure,
      title: packet.rendered.title,
      lines: packet.rendered.lines,
      raw: packet.command,
      commandHash: packet.commandHash,
      policyId: packet.policy.id,
      policyVersion: packet.policy.version,
      policyTitle: packet.policy.title,
      quorum: packet.policy.quorum,
      reason: packet.reason,
      makerName: packet.maker.name,
      makerFingerprint,
      signerName: packet.signer.name,
      signerFingerprint,
      signerKnownAs: knownAs(signerFingerprint),
      isMine: me !== null && fingerprintOf(signingKey(operators, me.id, runtime)) === makerFingerprint,
      askedAtMs: packet.askedAtMs,
      expiresAtMs: packet.expiresAtMs,
    };
  }

  function knownAs(fingerprint: string): string | null {
    const holder = cards.holderOf(fingerprint)?.operator;
    return holder?.state === 'active' ? holder.name : null;
  }

  function answerPacket(caller: Caller, seat: Seat, input: AnswerInput): File {
    const { publicKey, fingerprint } = signerAt(seat);
    const packet = open(input.text);
    if (input.commandHash !== packet.commandHash) {
      throw new CountersignError('APPROVAL_ALTERED', 'The packet is not the one that was shown.', {
        path: 'commandHash',
      });
    }
    const makerFingerprint = fingerprintOf(bytesOf(packet.maker.publicKey));
    if (makerFingerprint === fingerprint) throw isSelf();
    const packetSigner = fingerprintOf(bytesOf(packet.signer.publicKey));
    const isKnown = knownAs(packetSigner) !== null;
    if (!isKnown && input.trust !== packetSigner) {
      const message = 'The packet is signed with a key that is enrolled for nobody here.';
      throw refuse('PACKET_SIGNER_UNKNOWN', message, 'trust', 'the fingerprint, compared with its holder');
    }
    const { decision, reason = null } = input;
    const statement = { ...statedIn(packet), decision, person: fingerprint, reason };
    const { signature } = operators.signAs(seat, {
      purpose: APPROVAL_PURPOSE,
      message: signedMessage(statement),
    });
    const answer: Answer = {
      form: ANSWER_FORM,
      vault: packet.vault,
      request: packet.request,
      procedure: packet.procedure,
      commandHash: packet.commandHash,
      policy: packet.policy.id,
      version: packet.policy.version,
      decision,
      reason,
      expiresAtMs: packet.expiresAtMs,
      signer: fingerprint,
      signature: signature.toString('base64'),
    };
    if (!verifyStatement(statementOf(answer), publicKey, signature)) {
      throw new CountersignError('APPROVAL_SIGNATURE_INVALID', 'What was signed does not verify here.');
    }
    vault.transaction(() =>
      audit.record({
        kind: 'approvals.answer-packet',
        ...caller,
        subjects: [{ kind: 'foreign-approval', id: `${packet.vault}/${packet.request}` }],
        detail: {
          vault: packet.vault,
          request: packet.request,
          sequence: packet.sequence,
          procedure: packet.procedure,
          commandHash: packet.commandHash,
          policy: packet.policy.id,
          version: packet.policy.version,
          decision,
          reason,
          signer: fingerprint,
          maker: makerFingerprint,
          packetSigner,
          /** Enrolled here, or compared by the one who answered. */
          packetSignerKnown: isKnown,
        },
      }),
    );
    return { name: answerName(answer), text: fileText(answer) };
  }

  async function takeAnswer(caller: Caller, text: string): Promise<ApprovalDetail> {
    const answer = readFile(answerForm, text);
    if (answer.vault !== vault.vaultId) {
      throw refuse('PACKET_FOREIGN', 'The answer is to a request of another vault.', 'vault');
    }
    const asked = requests.asked(answer.request);
    if (asked === undefined) {
      throw refuse('PACKET_OUT_OF_ORDER', 'This vault has no such request, or none any more.', 'request');
    }
    if (asked.makerKey !== null && fingerprintOf(asked.makerKey) === answer.signer) throw isSelf();
    const holder = cards.holderOf(answer.signer);
    if (holder === undefined) {
      const message = 'The answer is signed with a key that is enrolled for nobody here.';
      throw refuse('PACKET_SIGNER_UNKNOWN', message, 'signer', 'a key whose card was enrolled');
    }
    const signature = bytesOf(answer.signature);
    if (!verifyStatement(statementOf(answer), holder.publicKey, signature)) {
      throw new CountersignError(
        'APPROVAL_SIGNATURE_INVALID',
        'The answer was changed after it was signed.',
        {
          path: 'signature',
        },
      );
    }
    if (asked.signatures.some((known) => known.equals(signature))) {
      throw refuse('PACKET_REPLAYED', 'This answer was taken in already.', 'signature');
    }
    const late = differenceOf(answer, asked);
    if (late !== undefined) {
      throw refuse(
        'PACKET_OUT_OF_ORDER',
        'The answer is to the request as it is not, or not any more.',
        late,
      );
    }
    return requests.takeVote(caller, {
      requestId: answer.request,
      commandHash: answer.commandHash,
      decision: answer.decision,
      reason: answer.reason,
      operatorId: holder.operator.id,
      publicKey: holder.publicKey,
      signature,
      way: 'packet',
    });
  }

  return {
    exportPacket,
    readPacket,
    answerPacket,
    takeAnswer,
    saveFile: ({ text, folder }) => ({ path: saveInto(folder, fileNameOf(text), text) }),
  };
}

/** The name of a file of ours, whichever of the three it is. Throws where it is none. */
function fileNameOf(text: string): string {
  if (text.includes(`"${ANSWER_FORM}"`)) return answerName(readFile(answerForm, text));
  if (text.includes(`"${CARD_FORM}"`)) return cardName(readCard(text).name);
  const packet = readFile(packetForm, text);
  checkPacket(packet);
  return packetName(packet);
}

const isSelf = () =>
  new CountersignError('APPROVAL_SELF', 'Who asked for a command does not agree to it, with whatever key.');

type Stated = Omit<SignedStatement, 'decision' | 'person' | 'reason'>;

const statedIn = (packet: Packet): Stated => ({
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
const statementOf = (answer: Answer): SignedStatement => ({
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

/** The first thing in which an answer differs from the request as it stands. */
function differenceOf(answer: Answer, asked: AskedRequest): string | undefined {
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['procedure', answer.procedure, asked.procedure],
    ['commandHash', answer.commandHash, asked.commandHash],
    ['policy', answer.policy, asked.policyId],
    ['version', answer.version, asked.policyVersion],
    ['expiresAtMs', answer.expiresAtMs, asked.expiresAtMs],
  ];
  return pairs.find(([, said, stands]) => said !== stands)?.[0];
}

/** Whether a packet holds together: hash, command, and both signatures. Throws `PACKET_INVALID`. */
function checkPacket(packet: Packet): void {
  const changed = (path: string, expected: string) =>
    refuse('PACKET_INVALID', 'The packet does not fit together: it was changed on its way.', path, expected);
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
