/** Approvals: what waits for a second person, who agreed to exactly what, and that it ran once. */
export type { Act, ActOf } from './act.ts';
export { type CardDesk, createCards } from './card.ts';
export type { ApprovalsOptions, RunCommand } from './context.ts';
export { createPackets, type Packets } from './packet.ts';
export { approvalsProcedures } from './procedures.ts';
export { approvalsSealedColumns } from './sealed-columns.ts';
export { type Approvals, createApprovals } from './service.ts';
