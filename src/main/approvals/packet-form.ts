import { z } from 'zod';
import { type Form, part } from './packet-text.ts';

export const PACKET_FORM = 'countersign approval packet v1';
export const ANSWER_FORM = 'countersign approval answer v1';
/** A packet, and what `contract.approvals` lets through. */
const MOST_PACKET = 262_144;
const MOST_ANSWER = 65_536;
const MOST_LINES = 500;

const line = z.strictObject({
  label: part.text(400),
  before: part.text(4_000).nullable(),
  after: part.text(4_000).nullable(),
});

const packet = z.strictObject({
  form: z.literal(PACKET_FORM),
  vault: part.id,
  request: part.id,
  /** Number of the audit record of the request in that vault's log: requests of a vault are in its order. */
  sequence: z.string().regex(/^[1-9]\d{0,17}$/),
  procedure: part.procedure,
  /** RFC 8785 text of the command: what is hashed, signed and would run. */
  command: part.text(200_000),
  commandHash: part.hash,
  policy: z.strictObject({
    id: part.policyId,
    version: part.version,
    title: part.text(200),
    quorum: part.version,
  }),
  /** Who asked, and their signature over the request, as it is stored with it. */
  maker: z.strictObject({ name: part.text(120), publicKey: part.bytes, signature: part.bytes }),
  reason: part.text(400).nullable(),
  askedAtMs: part.time,
  expiresAtMs: part.time,
  /** The command in words, made from the vault when the packet was made. */
  rendered: z.strictObject({ title: part.text(400), lines: z.array(line).max(MOST_LINES) }),
  exportedAtMs: part.time,
  /** Tells two packets of one request apart. */
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  /** Who made the packet and answers for its words. */
  signer: z.strictObject({ name: part.text(120), publicKey: part.bytes }),
  /** By the signer, over the canonical text of everything above. */
  signature: part.bytes,
});
export type Packet = z.infer<typeof packet>;

/** A request on its way to another console. */
export const packetForm: Form<Packet> = {
  schema: packet,
  most: MOST_PACKET,
  code: 'PACKET_INVALID',
  what: 'approval packet',
};

const answer = z.strictObject({
  form: z.literal(ANSWER_FORM),
  vault: part.id,
  request: part.id,
  procedure: part.procedure,
  commandHash: part.hash,
  policy: part.policyId,
  version: part.version,
  decision: z.enum(['approve', 'veto']),
  reason: part.text(400).nullable(),
  expiresAtMs: part.time,
  /** Hex SHA-256 of the public key that signs; the key itself is on the signer's card. */
  signer: part.hash,
  /** Over exactly what a vote on the first console signs. */
  signature: part.bytes,
});
export type Answer = z.infer<typeof answer>;

/** An answer on its way back. */
export const answerForm: Form<Answer> = {
  schema: answer,
  most: MOST_ANSWER,
  code: 'PACKET_INVALID',
  what: 'answer to an approval packet',
};

/** Names of the files: enough to tell them apart, and naming nobody. */
export const packetName = ({ request, nonce }: Pick<Packet, 'request' | 'nonce'>): string =>
  `approval-${request}-${nonce.slice(0, 6)}.packet.json`;
export const answerName = ({ request, signer }: Pick<Answer, 'request' | 'signer'>): string =>
  `approval-${request}-${signer.slice(0, 6)}.answer.json`;
