import { type Caller, CountersignError, type Seat } from '../base/index.ts';
import { signedInAs, signingKey } from './card.ts';
import type { AnswerInput, PacketFile, PacketsOptions, ShownPacket } from './packet.ts';
import { checkPacket, isSelf, refusePacket, statedIn, statementOf } from './packet-check.ts';
import { ANSWER_FORM, type Answer, answerName, type Packet, packetForm } from './packet-form.ts';
import { bytesOf, fileText, readFile } from './packet-text.ts';
import { APPROVAL_PURPOSE, fingerprintOf, signedMessage, verifyStatement } from './signed.ts';

/** What is done at another console: a request is shown there, and answered with the key of who sits there. */
export function createAway({ vault, audit, operators, runtime, cards }: PacketsOptions) {
  function open(text: string): Packet {
    const packet = readFile(packetForm, text);
    checkPacket(packet);
    if (runtime.nowMs() < packet.expiresAtMs) return packet;
    throw new CountersignError('APPROVAL_EXPIRED', 'The time to answer this packet is over.', {
      path: 'expiresAtMs',
    });
  }

  function readPacket(seat: Seat, text: string): ShownPacket {
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

  function answerPacket(caller: Caller, seat: Seat, input: AnswerInput): PacketFile {
    const { publicKey, fingerprint } = signedInAs(operators, seat, runtime);
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
      throw refusePacket(
        'PACKET_SIGNER_UNKNOWN',
        message,
        'trust',
        'the fingerprint, compared with its holder',
      );
    }
    const answer = sign(seat, packet, publicKey, input);
    const { decision, reason } = answer;
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

  function sign(seat: Seat, packet: Packet, publicKey: Buffer, said: AnswerInput): Answer {
    const { decision, reason = null } = said;
    const statement = { ...statedIn(packet), decision, person: fingerprintOf(publicKey), reason };
    const message = signedMessage(statement);
    const { signature } = operators.signAs(seat, { purpose: APPROVAL_PURPOSE, message });
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
      signer: statement.person,
      signature: signature.toString('base64'),
    };
    if (verifyStatement(statementOf(answer), publicKey, signature)) return answer;
    throw new CountersignError('APPROVAL_SIGNATURE_INVALID', 'What was signed does not verify here.');
  }

  return { readPacket, answerPacket };
}
