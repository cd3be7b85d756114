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
  const isRekeying = host.status().rekeying;
  const console = isRekeying ? undefined : host.current();
  const checks = [
    vaultCheck(console !== undefined, isRekeying),
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

function vaultCheck(isOpen: boolean, isRekeying: boolean) {
  if (isRekeying) return { name: 'vault', ok: true, message: 'The vault is being given new keys.' };
  return { name: 'vault', ok: isOpen, message: isOpen ? 'A vault is open.' : 'No vault is open.' };
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
