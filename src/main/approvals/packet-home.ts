import type { ApprovalDetail } from '../../contract/approvals.ts';
import { type Caller, CountersignError, type Seat } from '../base/index.ts';
import { signedInAs } from './card.ts';
import type { AskedRequest, PacketFile, PacketsOptions } from './packet.ts';
import { checkPacket, isSelf, PACKET_PURPOSE, refusePacket, statementOf } from './packet-check.ts';
import { type Answer, answerForm, PACKET_FORM, type Packet, packetForm, packetName } from './packet-form.ts';
import { bytesOf, fileText, readFile, signedPart } from './packet-text.ts';
import { fingerprintOf, verifyStatement } from './signed.ts';

/** What is done at the console where a request was made: it leaves, and answers come back. */
export function createHome({ vault, audit, operators, runtime, cards, requests }: PacketsOptions) {
  function exportPacket(caller: Caller, seat: Seat, requestId: string): PacketFile {
    const { me, publicKey } = signedInAs(operators, seat, runtime);
    const shown = requests.detail(requestId);
    const asked = requests.asked(requestId);
    if (shown.state !== 'pending') {
      throw new CountersignError('APPROVAL_CLOSED', 'Only a request that is open travels.', {
        path: 'requestId',
      });
    }
    if (!asked?.makerKey || !asked.makerSignature) {
      const message = 'What the program asked for by itself has no maker whose signature could travel.';
      throw refusePacket('PACKET_INVALID', message, 'requestId', 'a request that a person made');
    }
    const maker = { key: asked.makerKey, signature: asked.makerSignature };
    const unsigned = unsignedPacket(shown, asked.command, maker, {
      vault: vault.vaultId,
      exportedAtMs: runtime.nowMs(),
      nonce: runtime.randomBytes(16).toString('hex'),
      signer: { name: me.name, publicKey: publicKey.toString('base64') },
    });
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

  async function takeAnswer(caller: Caller, text: string): Promise<ApprovalDetail> {
    const answer = readFile(answerForm, text);
    if (answer.vault !== vault.vaultId) {
      throw refusePacket('PACKET_FOREIGN', 'The answer is to a request of another vault.', 'vault');
    }
    const asked = requests.asked(answer.request);
    if (asked === undefined) {
      throw refusePacket(
        'PACKET_OUT_OF_ORDER',
        'This vault has no such request, or none any more.',
        'request',
      );
    }
    if (asked.makerKey !== null && fingerprintOf(asked.makerKey) === answer.signer) throw isSelf();
    const holder = cards.holderOf(answer.signer);
    if (holder === undefined) {
      const message = 'The answer is signed with a key that is enrolled for nobody here.';
      throw refusePacket('PACKET_SIGNER_UNKNOWN', message, 'signer', 'a key whose card was enrolled');
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
      throw refusePacket('PACKET_REPLAYED', 'This answer was taken in already.', 'signature');
    }
    const late = differenceOf(answer, asked);
    if (late !== undefined) {
      throw refusePacket(
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

  return { exportPacket, takeAnswer };
}

/** A packet before its signature, its members in the order of the form. */
function unsignedPacket(
  shown: Omit<ApprovalDetail, 'mine'>,
  command: string,
  maker: { readonly key: Buffer; readonly signature: Buffer },
  { vault, exportedAtMs, nonce, signer }: Pick<Packet, 'vault' | 'exportedAtMs' | 'nonce' | 'signer'>,
): Packet {
  return {
    form: PACKET_FORM,
    vault,
    request: shown.id,
    sequence: String(shown.askedRecord),
    procedure: shown.procedure,
    command,
    commandHash: shown.commandHash,
    policy: {
      id: shown.policyId,
      version: shown.policyVersion,
      title: shown.policyTitle,
      quorum: shown.quorum,
    },
    maker: {
      name: shown.makerName,
      publicKey: maker.key.toString('base64'),
      signature: maker.signature.toString('base64'),
    },
    reason: shown.reason,
    askedAtMs: shown.askedAtMs,
    expiresAtMs: shown.expiresAtMs,
    rendered: {
      title: shown.rendered.title,
      lines: shown.rendered.lines.map(({ label, before, after }) => ({ label, before, after })),
    },
    exportedAtMs,
    nonce,
    signer,
    signature: '',
  };
}

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
