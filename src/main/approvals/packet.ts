import type { ApprovalDetail, approvals } from '../../contract/approvals.ts';
import type { Audit } from '../audit/index.ts';
import type { Caller, Runtime, Seat } from '../base/index.ts';
import type { Vault } from '../vault/index.ts';
import type { CardDesk } from './card.ts';
import type { PeopleOfVault } from './context.ts';
import { createAway } from './packet-away.ts';
import { fileNameOf } from './packet-check.ts';
import { createHome } from './packet-home.ts';
import { saveInto } from './packet-saving.ts';

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

export type PacketFile = { readonly name: string; readonly text: string };
export type ShownPacket = NonNullable<(typeof approvals.readPacket)['~orpc']['outputSchema']>['_output'];
export type AnswerInput = {
  readonly text: string;
  readonly commandHash: string;
  readonly decision: 'approve' | 'veto';
  readonly reason?: string | undefined;
  readonly trust?: string | undefined;
};

/** Requests on their way to consoles without a network between them, and the answers back. */
export interface Packets {
  exportPacket(caller: Caller, seat: Seat, requestId: string): PacketFile;
  /** Throws `PACKET_INVALID`, `APPROVAL_EXPIRED`. Nothing is written. */
  readPacket(seat: Seat, text: string): ShownPacket;
  answerPacket(caller: Caller, seat: Seat, input: AnswerInput): PacketFile;
  takeAnswer(caller: Caller, text: string): Promise<ApprovalDetail>;
  /** Writes one of the three files into a folder, under its own name. Throws `PACKET_INVALID`, `PACKET_NOT_SAVED`. */
  saveFile(input: { readonly text: string; readonly folder: string }): { readonly path: string };
}

export function createPackets(options: PacketsOptions): Packets {
  return {
    ...createHome(options),
    ...createAway(options),
    saveFile: ({ text, folder }) => ({ path: saveInto(folder, fileNameOf(text), text) }),
  };
}
