import { os } from '../base/procedures.ts';
import type { Heartbeat } from './service.ts';

/** Binds the contract's `heartbeat` to the room. */
export const heartbeatProcedures = (heartbeat: Heartbeat) =>
  os.heartbeat.router({
    status: os.heartbeat.status.handler(() => heartbeat.status()),
    list: os.heartbeat.list.handler(({ input }) => heartbeat.list(input)),
    verify: os.heartbeat.verify.handler(() => heartbeat.verify()),
  });
