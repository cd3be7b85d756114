import type { WaitingReason } from '../../contract/connectors.ts';
import type { Audit, Epoch } from '../audit/index.ts';
import type { Logger, Metrics, RaiseIncident, Runtime } from '../base/index.ts';
import { type Connectors, createConnectors } from '../connectors/index.ts';
import type { Incidents } from '../incidents/index.ts';
import type { Instant } from '../instant/index.ts';
import type { Intake } from '../intake/index.ts';
import type { Feed } from '../jobs/index.ts';
import { readInstant } from '../messages/index.ts';
import type { Sealing } from '../sealing/index.ts';
import type { Vault } from '../vault/index.ts';

export interface ConnectorsWiring {
  readonly options: {
    readonly vault: Vault;
    readonly runtime: Runtime;
    readonly log: Logger;
    readonly metrics: Metrics;
    readonly feed: Feed;
  };
  readonly rooms: {
    readonly sealing: Sealing;
    readonly audit: Audit;
    readonly intake: Intake;
    readonly incidents: Incidents;
    readonly instant: Instant;
  };
  readonly epoch: Epoch;
}

/** The ways in for single messages, on the road of the instant payments. */
export function wireConnectors({ options, rooms, epoch }: ConnectorsWiring): Connectors {
  const { vault, runtime, log, metrics, feed } = options;
  const { sealing, audit, intake, incidents, instant } = rooms;
  const raise: RaiseIncident = incidents.raise;
  /** An epoch that was signed once stays so while the vault is open: it need not be read for each message. */
  let isSigned = false;
  return createConnectors({
    ...{ vault, sealing, audit, runtime, log, metrics, feed, raise, road: instant },
    read: (bytes, nowMs) => readInstant(bytes, { nowMs }),
    importFile: (file, caller) => intake.importStream(file, caller),
    hold: (): WaitingReason | null => {
      // After a restore nothing is taken in before two people have signed the new epoch of the log.
      isSigned ||= epoch.state().signed;
      if (!isSigned) return 'epoch-unsigned';
      return instant.isReady() ? null : 'index-not-ready';
    },
  });
}
