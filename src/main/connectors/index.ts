/** Single messages: where they come from, the queue that they pass, and those that could not be taken. */
export { createHistogram, type Histogram } from './latency.ts';
export { connectorsProcedures } from './procedures.ts';
export { connectorsSealedColumns } from './sealed-columns.ts';
export { type Connectors, type ConnectorsOptions, createConnectors } from './service.ts';
export type { ImportFile, InstantRoad, RoadOutcome, Submission } from './types.ts';
