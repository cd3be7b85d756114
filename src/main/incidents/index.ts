/** Incidents: what a person must look at, with clocks, owners and an end that states its cause. */
export { type IncidentNotice, type Notifier, noticeFile } from './notices.ts';
export { kindPolicies, policyFor } from './policies.ts';
export { incidentsProcedures } from './procedures.ts';
export { incidentsSealedColumns } from './sealed-columns.ts';
export { createIncidents, type IncidentQuery, type Incidents, type IncidentsOptions } from './service.ts';
