import { CountersignError } from '../base/index.ts';
import { callerOf, os } from '../base/procedures.ts';
import type { Console } from './console.ts';
import type { HostControl } from './control.ts';
import { runDemo } from './demo.ts';

/** Binds the contract's `system`: health, metrics, verification, the demo. */
export const systemProcedures = (host: HostControl) =>
  os.system.router({
    health: os.system.health.handler(() => healthOf(host)),
    metrics: os.system.metrics.handler(() => host.metrics.registry.metrics()),
    verify: os.system.verify.handler(() => consoleOf(host).verify()),
    demo: os.system.demo.handler(({ context }) => runDemo(consoleOf(host), callerOf(context))),
  });

function consoleOf(host: HostControl): Console {
  const console = host.current();
  if (!console) throw new CountersignError('VAULT_CLOSED', 'Open a vault first.');
  return console;
}

function healthOf(host: HostControl) {
  const console = host.current();
  const checks = [
    { name: 'vault', ok: console !== undefined, message: console ? 'A vault is open.' : 'No vault is open.' },
    ...(console?.healthChecks() ?? []),
    ...failedJobs(host),
  ];
  return {
    ok: checks.every((check) => check.ok),
    checks,
    version: host.options.version,
    uptimeMs: host.runtime.nowMs() - host.startedAtMs,
  };
}

function failedJobs(host: HostControl) {
  return host.jobs
    .list()
    .filter((job) => job.state === 'failed')
    .map((job) => ({
      name: job.kind,
      ok: false,
      message: `${job.label}: ${job.error?.message ?? 'failed'}`,
    }));
}
