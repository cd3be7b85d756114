import { os } from '../base/procedures.ts';
import type { Dashboard } from './service.ts';

/** Binds the contract's `dashboard`. */
export const dashboardProcedures = (dashboard: Dashboard) =>
  os.dashboard.router({ figures: os.dashboard.figures.handler(() => dashboard.figures()) });
