import { isDeepStrictEqual } from 'node:util';
import type { Operation, Plan, PlannedEntry } from './plan.ts';
import type { Decision, Dump, Head, OperationValue, Outcome } from './protocol.ts';
import { VaultModel } from './vault-laws.ts';
import { isVaultOperation } from './vault-plan.ts';

interface InFlight {
  readonly operation: Operation;
  decision?: Decision;
}

/** Whether an operation whose answer never came had come through, as the reopened vault shows. */
export type Fate = 'applied' | 'not-applied' | 'unknown';

const HEADS_KEPT = 6;

/** Beginnings of codes that an operation may be refused with: what it met was no longer as it was planned. */
function refusalsOf(operation: Operation): readonly string[] {
  if (operation.kind === 'decide') return ['MATCH_'];
  if (!isVaultOperation(operation)) return [];
  if (operation.kind === 'incident') return ['INCIDENT_'];
  if (operation.kind === 'hold' || operation.kind === 'release') return ['COMPLIANCE_REMOVED'];
  const isOnKey = operation.kind === 'replace-key' || operation.kind === 'compromise';
  return isOnKey ? ['KEY_STATE_REFUSED'] : [];
}

/**
 * What one vault must hold, kept by the parent from what was acknowledged and nothing else. It
 * knows files, manual entries and people's decisions; how the machine matches is not its business.
 */
export class Model {
  readonly plan: Plan;
  readonly imported = new Set<string>();
  readonly manual = new Map<string, PlannedEntry>();
  /** The last acknowledged decision on each line. */
  readonly decisions = new Map<string, Decision>();
  readonly heads: Head[] = [];
  readonly faults: string[] = [];
  readonly vault = new VaultModel();
  #inFlight = new Map<number, InFlight>();

  constructor(plan: Plan) {
    this.plan = plan;
  }

  start(id: number, operation: Operation): void {
    this.#inFlight.set(id, { operation });
  }

  intent(id: number, decision: Decision): void {
    const flight = this.#inFlight.get(id);
    if (flight) flight.decision = decision;
  }

  /** An acknowledgement came: from now on its content must survive anything. */
  done(id: number, outcome: Outcome, head: Head | null): void {
    const flight = this.#inFlight.get(id);
    if (!flight) return;
    this.#inFlight.delete(id);
    const complaint = this.#expected(flight, outcome);
    if (complaint) this.faults.push(`${flight.operation.kind}: ${complaint}`);
    if (outcome.ok) this.#apply(flight, outcome.value);
    if (head) this.heads.push(head);
    if (this.heads.length > HEADS_KEPT) this.heads.shift();
  }

  /** What an answer has to be. */
  #expected({ operation, decision }: InFlight, outcome: Outcome): string | undefined {
    if (!outcome.ok) {
      const refusal = refusalsOf(operation).some((start) => outcome.code.startsWith(start));
      return refusal ? undefined : `refused with ${outcome.code}: ${outcome.message}`;
    }
    const { value } = outcome;
    if (operation.kind === 'import-damaged' && value.kind === 'import' && value.outcome !== 'refused') {
      return `a file cut in the middle was ${value.outcome}`;
    }
    if (operation.kind === 'import' && value.kind === 'import')
      return this.#expectedImport(operation.file, value);
    if (operation.kind === 'post' && value.kind === 'post') {
      const repeated = operation.entries.map((entry) => this.manual.has(entry.id));
      return isDeepStrictEqual(value.repeated, repeated)
        ? undefined
        : 'an entry was taken twice or for a repeat';
    }
    if (value.kind === 'decided' && decision?.what === 'confirm' && value.status !== 'confirmed') {
      return `a confirmed transaction is ${value.status}`;
    }
    return undefined;
  }

  #expectedImport(file: string, value: { outcome: string; code?: string }): string | undefined {
    const expected = this.imported.has(file) ? 'duplicate' : 'imported';
    // Two interim reports of a day that say the same are one and the same statement.
    const interim = this.plan.files.get(file)?.kind === 'interim' && value.outcome === 'duplicate';
    return value.outcome === expected || interim
      ? undefined
      : `${file} was ${value.outcome} (${value.code ?? ''})`;
  }

  #apply({ operation, decision }: InFlight, value?: OperationValue): void {
    if (operation.kind === 'evidence') {
      const { title, held } = operation.evidence;
      this.vault.evidence.set(title, operation.evidence);
      this.vault.holds.set(title, held ? 1 : 0);
    }
    if (value?.kind === 'holds') this.vault.holds.set(value.title, value.holds);
    if (value?.kind === 'compromised') this.vault.compromised.add(value.keyId);
    if (value?.kind === 'resolved') this.vault.resolved.add(value.id);
    if (operation.kind === 'import') this.imported.add(operation.file);
    if (operation.kind === 'post') for (const entry of operation.entries) this.manual.set(entry.id, entry);
    if (decision) this.decisions.set(decision.line, decision);
  }

  /** After a crash: settles what was in flight by what the vault shows, and answers each one's fate. */
  settle(dump: Dump): { operation: Operation; fate: Fate }[] {
    const settled = [...this.#inFlight.values()].map((flight) => {
      const fate = this.#fateOf(flight, dump);
      if (fate === 'applied') this.#apply(flight);
      // Nobody can tell from outside whether an undo or a rejection came through: the line is free again.
      if (fate === 'unknown' && flight.decision) this.decisions.delete(flight.decision.line);
      // Nor whether a hold did, and on what.
      const { kind } = flight.operation;
      if (kind === 'hold' || kind === 'release') this.vault.holds.clear();
      return { operation: flight.operation, fate };
    });
    this.#inFlight.clear();
    return settled;
  }

  #fateOf({ operation, decision }: InFlight, dump: Dump): Fate {
    if (operation.kind === 'import') return this.#shows(operation.file, dump) ? 'applied' : 'not-applied';
    if (operation.kind === 'post') {
      const there = dump.manual.filter((each) =>
        operation.entries.some((entry) => entry.id === each.id),
      ).length;
      if (there === 0) return 'not-applied';
      if (there !== operation.entries.length) {
        this.faults.push(`${there} of ${operation.entries.length} entries of one batch survived the crash`);
      }
      return 'applied';
    }
    if (operation.kind === 'evidence') {
      const isThere = dump.vault.evidence.some(({ title }) => title === operation.evidence.title);
      return isThere ? 'applied' : 'not-applied';
    }
    if (operation.kind !== 'decide') return 'unknown';
    if (!decision) return 'not-applied';
    if (decision.what !== 'confirm') return 'unknown';
    const line = dump.lines.find((each) => each.key === decision.line);
    if (line?.status !== 'confirmed') return 'not-applied';
    return isDeepStrictEqual(line.items, decision.items) ? 'applied' : 'unknown';
  }

  #shows(file: string, dump: Dump): boolean {
    if (this.imported.has(file)) return true;
    const kind = this.plan.files.get(file)?.kind;
    if (kind === 'customers') return dump.customers > 0;
    if (kind === 'invoices') return dump.items.length > 0;
    return dump.statements.some((statement) => statement.fileName === file);
  }
}
