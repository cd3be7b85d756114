import { os } from '../base/procedures.ts';
import type { Audit, ListedRecord, TimedVerification } from './service.ts';

const shown = ({ leaf, ...record }: ListedRecord) => ({ ...record, leaf: leaf.toString('hex') });

/** Binds the contract's `audit` to the log of a vault; `verify` is how the engine has it verified, as a job. */
export const auditProcedures = (
  audit: Audit,
  verify: () => Promise<TimedVerification> = () => audit.verify(),
) =>
  os.audit.router({
    records: os.audit.records.handler(({ input }) => {
      const { kind, actor, subject, fromMs, toMs, cursor, limit } = input;
      const page = audit.list({
        limit,
        ...(cursor === undefined ? {} : { cursor }),
        ...(kind === undefined ? {} : { kind }),
        ...(actor === undefined ? {} : { actor }),
        ...(subject === undefined ? {} : { subject }),
        ...(fromMs === undefined ? {} : { fromMs }),
        ...(toMs === undefined ? {} : { toMs }),
      });
      return { rows: page.rows.map(shown), nextCursor: page.nextCursor, total: null };
    }),
    record: os.audit.record.handler(({ input }) => {
      const { record, detail, commitment, previousLeaf, proof } = audit.get(input.seq);
      return {
        record: shown(record),
        detail,
        commitment: commitment.toString('hex'),
        previousLeaf: previousLeaf.toString('hex'),
        proof: {
          treeSize: proof.treeSize,
          root: proof.root.toString('hex'),
          path: proof.path.map((node) => node.toString('hex')),
        },
      };
    }),
    kinds: os.audit.kinds.handler(() => audit.kinds()),
    head: os.audit.head.handler(() => {
      const head = audit.head();
      return head === undefined ? null : shownHead(head);
    }),
    verify: os.audit.verify.handler(async () => {
      const { records, head, findings, durationMs } = await verify();
      return {
        verified: findings.length === 0,
        records,
        head: head === null ? null : shownHead(head),
        findings: findings.map(({ seq, code, message }) => ({
          seq: seq === null ? null : BigInt(seq),
          code,
          message,
        })),
        durationMs,
      };
    }),
  });

const shownHead = (head: { seq: number; root: Buffer; leaf: Buffer }) => ({
  seq: BigInt(head.seq),
  root: head.root.toString('hex'),
  leaf: head.leaf.toString('hex'),
});
