import type { AuditReplay } from '../../contract/audit.ts';
import { callerOf, os, type Seat, seatOf } from '../base/procedures.ts';
import type { EnrolledWitness } from './cosigning.ts';
import type { Epoch, EpochState, SignAs } from './epoch.ts';
import type { Audit, ListedRecord, TimedVerification } from './service.ts';
import type { ListedCheckpoint, Transparency } from './transparency.ts';

const shown = ({ leaf, ...record }: ListedRecord) => ({ ...record, leaf: leaf.toString('hex') });

const shownCheckpoint = ({ root, cosigned, ...checkpoint }: ListedCheckpoint) => ({
  ...checkpoint,
  root: root.toString('hex'),
  cosigned: cosigned.map(({ witness, atMs }) => ({ witness, atMs })),
});

const shownWitness = ({ vaultId, fingerprints, newest }: EnrolledWitness) => ({
  vaultId,
  fingerprints: [...fingerprints],
  newest: newest === null ? null : { size: BigInt(newest.size), atMs: newest.atMs },
});

const shownEpoch = ({ signatures, ...state }: EpochState) => ({ ...state, signatures: [...signatures] });

/** What the engine does with the log as jobs: this room stands below the rooms they need. */
export interface AuditJobs {
  verify(): Promise<TimedVerification>;
  replay(at: bigint | undefined): Promise<AuditReplay>;
}

/** Binds the contract's `audit` to the log of a vault. */
export const auditProcedures = (
  audit: Audit,
  transparency: Transparency,
  jobs: AuditJobs,
  epoch: Epoch,
  signAs: (seat: Seat) => SignAs,
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
    timeline: os.audit.timeline.handler(({ input }) => audit.timeline(input)),
    kinds: os.audit.kinds.handler(() => audit.kinds()),
    head: os.audit.head.handler(() => {
      const head = audit.head();
      return head === undefined ? null : shownHead(head);
    }),
    verify: os.audit.verify.handler(async () => {
      const { records, head, findings, durationMs } = await jobs.verify();
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
    replay: os.audit.replay.handler(({ input }) => jobs.replay(input.at)),
    checkpoints: os.audit.checkpoints.handler(({ input }) => {
      const { rows, nextCursor } = transparency.checkpoints(input);
      return { rows: rows.map(shownCheckpoint), nextCursor, total: null };
    }),
    checkpoint: os.audit.checkpoint.handler(() => shownCheckpoint(transparency.checkpoint())),
    receipt: os.audit.receipt.handler(({ input, context }) => {
      const made = transparency.receipt(callerOf(context), input);
      return { ...made, path: input.keep === true ? transparency.keep(made) : null };
    }),
    consistency: os.audit.consistency.handler(({ input: { from, to } }) => {
      const { fromRoot, toRoot, path } = transparency.consistency(Number(from), Number(to));
      return {
        from,
        fromRoot: fromRoot.toString('hex'),
        to,
        toRoot: toRoot.toString('hex'),
        path: path.map((node) => node.toString('base64')),
      };
    }),
    trust: os.audit.trust.handler(() => transparency.trust()),
    witness: os.audit.witness.handler(({ input, context }) => {
      const { size, comparedWith, ...rest } = transparency.witness(callerOf(context), input);
      return {
        ...rest,
        size: BigInt(size),
        comparedWith: comparedWith === null ? null : BigInt(comparedWith),
      };
    }),
    showTo: os.audit.showTo.handler(({ input: { witness, size } }) =>
      transparency.showTo({ witness, size: size === undefined ? undefined : Number(size) }),
    ),
    witnesses: os.audit.witnesses.handler(() => transparency.witnesses.enrolled().map(shownWitness)),
    enrolWitness: os.audit.enrolWitness.handler(({ input, context }) =>
      shownWitness(transparency.witnesses.enrol(callerOf(context), input.trust)),
    ),
    takeCosigned: os.audit.takeCosigned.handler(({ input, context }) =>
      transparency.witnesses
        .take(callerOf(context), input.note)
        .map(({ size, ...rest }) => ({ ...rest, size: BigInt(size) })),
    ),
    epoch: os.audit.epoch.handler(() => shownEpoch(epoch.state())),
    signEpoch: os.audit.signEpoch.handler(({ context }) =>
      shownEpoch(epoch.sign(callerOf(context), signAs(seatOf(context)))),
    ),
    exportTiles: os.audit.exportTiles.handler(async ({ input }) => {
      const { size, files } = await transparency.exportTiles(input.folder);
      return { size: BigInt(size), files };
    }),
  });

const shownHead = (head: { seq: number; root: Buffer; leaf: Buffer }) => ({
  seq: BigInt(head.seq),
  root: head.root.toString('hex'),
  leaf: head.leaf.toString('hex'),
});
