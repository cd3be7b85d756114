import { call } from '@orpc/server';
import {
  type ActOf,
  type Approvals,
  type CardDesk,
  createApprovals,
  createCards,
  createPackets,
  type Packets,
  type RunCommand,
} from '../approvals/index.ts';
import { isCountersignError } from '../base/index.ts';
import type { Operators, Sessions } from '../operators/index.ts';
import type { Console, ConsoleOptions } from './console.ts';
import { type Requests, vaultKem } from './policy-sources.ts';
import type { EngineRouter } from './router.ts';

/** The room of requests, and what carries them to workstations without a network between them. */
export interface WiredApprovals {
  readonly approvals: Approvals;
  readonly cards: CardDesk;
  readonly packets: Packets;
}

/** Who hears of records and is asked for requests; set when the room is there. */
export interface RequestsHolder {
  now?: Requests & Pick<Approvals, 'recorded'>;
}

/** Calls a procedure of the contract by its dotted name, through the whole pipeline. */
export function commandRunner(router: () => EngineRouter): RunCommand {
  return (procedure, input, context) => {
    const path = procedure.split('.');
    const bound = path.reduce<unknown>((place, name) => Reflect.get(place as object, name), router());
    return call(bound as Parameters<typeof call>[0], input, { context, path });
  };
}

/** The keys by which an operator signed at a time, the one of now first; none for who is not there. */
function keysOf(operators: Operators, operatorId: string, atMs: number): readonly Buffer[] {
  try {
    return operators
      .publicKeysOf(operatorId)
      .filter(({ sinceMs, untilMs }) => untilMs === null || (sinceMs <= atMs && atMs < untilMs))
      .map(({ publicKey }) => publicKey);
  } catch (error) {
    if (isCountersignError(error, 'OPERATOR_UNKNOWN')) return [];
    throw error;
  }
}

type Rooms = Pick<Console, 'sealing' | 'audit' | 'incidents' | 'operators' | 'policies'> & {
  readonly requests: RequestsHolder;
};

/** Wires the approvals. From here on the audit log tells them of each record; `acts` come with the keys. */
export function wireApprovals(
  { vault, runtime, log, feed, runCommand }: ConsoleOptions,
  rooms: Rooms & { readonly sessions: Sessions },
  acts: () => ActOf,
): WiredApprovals {
  const { sealing, audit, incidents, operators, policies, sessions, requests } = rooms;
  const people = {
    ...operators,
    keysOf: (operatorId: string, atMs: number) => keysOf(operators, operatorId, atMs),
  };
  const cards = createCards({ vault, audit, operators: people, runtime });
  const approvals = createApprovals({
    ...{ vault, sealing, audit, runtime, sessions, policies, cards },
    operators: people,
    actOf: (procedure) => acts()(procedure),
    runCommand: runCommand ?? (() => Promise.reject(new Error('no door serves this console'))),
    raiseIncident: incidents.raise,
    settleIncident: incidents.settle,
    kem: vaultKem,
    onChanged: () => feed.changed('approvals', 'incidents', 'audit'),
    onFault: ({ requestId, name }) => log.error('approvals.run-failed', { requestId, name }),
  });
  requests.now = approvals;
  const packets = createPackets({
    ...{ vault, audit, runtime, cards, operators: people },
    requests: approvals.packetSource,
  });
  return { approvals, cards, packets };
}
