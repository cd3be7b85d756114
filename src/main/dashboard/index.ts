export type { CurrencyAmount, DayMovement } from './figures.ts';
export { dashboardProcedures } from './procedures.ts';
export { createDashboard, type Dashboard, type DashboardSources } from './service.ts';
