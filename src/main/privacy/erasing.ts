/** Erasing one party: everything of it is found, counted, checked against holds and retention, and deleted. */
import type { ErasePreview, PartySubject } from '../../contract/privacy.ts';
import { type Caller, CountersignError, dateOfMs, type ErrorDetails, type IsoDate } from '../base/index.ts';
import { sha256 } from '../crypto/index.ts';
import { unlessErased } from '../sealing/index.ts';
import { classOfLine, dataClass, dueOn, PERSON_YEARS } from './classes.ts';
import type { PrivacyContext } from './context.ts';
import { findAll, type Hit, type Subject, subjectOf } from './finding.ts';
import type { Holds } from './holds.ts';
import { mentionedIn } from './mentions.ts';
import { yearsOf } from './retention.ts';

export interface Erased {
  readonly record: bigint;
  readonly erased: number;
  readonly parts: ErasePreview['parts'];
}

/** What a search was for and what it found, as its request shows it to whoever must agree. */
export interface Searched {
  readonly party: PartySubject;
  readonly values: number;
  readonly transactions: number;
  readonly openItems: number;
}

interface Found {
  readonly subject: Subject;
  readonly hits: readonly Hit[];
  readonly refusal: ErasePreview['refusal'];
  readonly fingerprint: string;
}

/** Looking for a party takes a while; where the vault changes meanwhile, it is looked again so often. */
const MOST_LOOKS = 3;
const CONFIRMATION = 'erase this party for good';

/** What only follows from the party being looked for does not make a preview stale. */
const isTrace = ({ place }: Hit) => place.startsWith('privacy_') || place.startsWith('audit_record');

export function createErasing(context: PrivacyContext, holds: Holds) {
  const { vault, sealing, audit, store, runtime, feed } = context;

  const placeOf = (id: bigint) => ({
    table: 'privacy_search',
    column: 'party',
    applicationId: id.toString(),
  });

  /** The day through which a value must be kept; null where nothing asks for it. */
  function keptUntil({ place, line, fate }: Hit, hasBusiness: boolean): IsoDate | null {
    const one = classOfLine(line);
    if (fate === 'keep') {
      const years = one === undefined ? null : yearsOf(context, one).minimum;
      return years === null ? '9999-12-31' : dueOn(line.quarter, years);
    }
    if (place === 'bank_transaction.content') return dueOn(line.quarter, PERSON_YEARS);
    if (place.startsWith('customer_')) return hasBusiness ? dueOn(line.quarter, PERSON_YEARS) : null;
    if (place !== 'open_item.structured_reference') return null;
    return dueOn(line.quarter, yearsOf(context, dataClass('invoices')).minimum!);
  }

  function heldBy(subject: Subject, hits: readonly Hit[], otherHits: readonly (readonly Hit[])[]): boolean {
    const held = new Set(otherHits.flat().map(({ ref }) => ref.id));
    const items = new Set(subject.items.map(({ id }) => id.toString()));
    if (hits.some((hit) => held.has(hit.ref.id) && !isTrace(hit))) return true;
    return holds.standing().some((hold) => {
      if (hold.target === 'quarter') {
        return hits.some(
          ({ line }) => line.quarter === hold.quarter && classOfLine(line)?.id === hold.dataClass,
        );
      }
      if (hold.target !== 'thing') return false;
      if (hold.thingKind === 'open-item' && items.has(hold.thingId!)) return true;
      const ref = holds.refOfThing(hold.thingKind!, hold.thingId!);
      return ref !== undefined && hits.some((hit) => hit.ref.id === ref.id);
    });
  }

  function refusalOf(
    subject: Subject,
    hits: readonly Hit[],
    otherHits: readonly (readonly Hit[])[],
  ): Found['refusal'] {
    if (heldBy(subject, hits, otherHits)) {
      const message = 'Something of the party is under a legal hold.';
      return { code: 'PRIVACY_UNDER_HOLD', message, until: null };
    }
    if (subject.items.some(({ openMinor }) => openMinor > 0n)) {
      const message = 'Something between the party and us is not settled yet.';
      return { code: 'PRIVACY_STILL_OPEN', message, until: null };
    }
    const hasBusiness =
      subject.items.length > 0 || hits.some(({ place }) => place === 'bank_transaction.content');
    const days = hits.flatMap((hit) => keptUntil(hit, hasBusiness) ?? []).sort();
    const until = days.at(-1);
    const isKept = hits.some(({ fate }) => fate === 'keep');
    if (until === undefined || (until <= dateOfMs(runtime.nowMs()) && !isKept)) return null;
    const message =
      until > dateOfMs(runtime.nowMs())
        ? `Something of the party must be kept until ${until}.`
        : 'Files that hold others too are due and must be purged first.';
    return { code: 'PRIVACY_RETENTION_RUNS', message, until };
  }

  async function lookFor(party: PartySubject): Promise<Found> {
    const held = holds.standing().flatMap((row) => holds.subjectOfHold(row) ?? []);
    for (let looks = 1; ; looks += 1) {
      const before = audit.lastSeq();
      const subject = subjectOf(context, party);
      const [hits = [], ...otherHits] = await findAll(context, [subject, ...held]);
      if (audit.lastSeq() !== before && looks < MOST_LOOKS) continue;
      if (audit.lastSeq() !== before) throw stale();
      if (hits.filter((hit) => !isTrace(hit)).length === 0) {
        throw new CountersignError('PRIVACY_PARTY_UNKNOWN', 'Nothing in the vault is of that party.');
      }
      const ids = hits.filter((hit) => !isTrace(hit)).map(({ ref }) => ref.id);
      const sorted = ids.sort((a, b) => (a < b ? -1 : 1)).join(',');
      const fingerprint = sha256(Buffer.from(sorted)).toString('hex');
      return { subject, hits, refusal: refusalOf(subject, hits, otherHits), fingerprint };
    }
  }

  const partsOf = (hits: readonly Hit[]): ErasePreview['parts'] => {
    const parts = new Map<string, ErasePreview['parts'][number]>();
    for (const { place, fate } of hits) {
      const key = `${place} ${fate}`;
      parts.set(key, { place, fate, count: (parts.get(key)?.count ?? 0) + 1 });
    }
    return [...parts.values()].sort((a, b) => (a.place < b.place ? -1 : 1));
  };

  /** The preview, with a search that the erasure is asked by. Throws what finding the party throws. */
  async function find(party: PartySubject, caller: Caller): Promise<ErasePreview> {
    const { subject, hits, refusal, fingerprint } = await lookFor(party);
    const parts = partsOf(hits);
    const transactions = hits.filter(({ place }) => place === 'bank_transaction.content').length;
    const openItems = subject.items.length;
    const searched: Searched = { party, values: hits.length, transactions, openItems };
    const id = vault.transaction(() => {
      const next = store.nextSearchId();
      const partySealedId = sealing.seal({
        purpose: 'compliance_vault',
        ...placeOf(next),
        plaintext: JSON.stringify(searched),
      });
      const detail = { search: next, values: hits.length };
      const subjects = [{ kind: 'privacy-search', id: next.toString() }];
      const record = audit.record({ kind: 'privacy.find', ...caller, subjects, detail });
      store.insertSearch(next, partySealedId, { atMs: runtime.nowMs(), by: caller.actor, record });
      return next;
    });
    return {
      searchId: id.toString(),
      parts,
      total: hits.length,
      customers: subject.customers.length,
      transactions,
      openItems,
      refusal,
      confirmation: CONFIRMATION,
      fingerprint,
      backups: [...context.backups()],
    };
  }

  /** What a search found, while its party is not erased. Throws `PRIVACY_SEARCH_UNKNOWN`. */
  function search(idText: string): { readonly id: bigint; readonly searched: Searched } {
    const row = /^\d{1,18}$/.test(idText) ? store.search(BigInt(idText)) : undefined;
    const text =
      row === undefined
        ? null
        : unlessErased(() => sealing.openText({ id: row.partySealedId, ...placeOf(row.id) }));
    const searched = text === null ? null : (JSON.parse(text) as Partial<Searched>);
    // A search that another version wrote is made again.
    if (row === undefined || searched?.party === undefined) {
      throw new CountersignError('PRIVACY_SEARCH_UNKNOWN', 'Look for the party first.', { path: 'searchId' });
    }
    return { id: row.id, searched: searched as Searched };
  }

  /**
   * Erases what was found. Throws `PRIVACY_SEARCH_UNKNOWN`, `PRIVACY_CONFIRMATION_WRONG`, `PRIVACY_REASON_NAMES`,
   * `PRIVACY_STALE`, and what refuses it now: `PRIVACY_UNDER_HOLD`, `PRIVACY_STILL_OPEN`,
   * `PRIVACY_RETENTION_RUNS`.
   */
  async function erase(
    input: {
      readonly searchId: string;
      readonly reason: string;
      readonly confirm: string;
      readonly fingerprint: string;
    },
    caller: Caller,
  ): Promise<Erased> {
    const { id, searched } = search(input.searchId);
    if (input.confirm !== CONFIRMATION) {
      throw new CountersignError(
        'PRIVACY_CONFIRMATION_WRONG',
        'The confirmation was not typed as asked for.',
        {
          path: 'confirm',
          expected: CONFIRMATION,
        },
      );
    }
    const { subject, hits, refusal, fingerprint } = await lookFor(searched.party);
    if (mentionedIn(input.reason, subject.terms)) {
      const message = 'The reason stays in the log; say it without the name or the account.';
      throw new CountersignError('PRIVACY_REASON_NAMES', message, { path: 'reason' });
    }
    if (refusal !== null) throw refused(refusal);
    if (fingerprint !== input.fingerprint) throw stale();
    const own = { id: store.search(id)!.partySealedId, ...placeOf(id) };
    const refs = new Map(hits.map(({ ref }) => [ref.id, ref]));
    refs.set(own.id, own);
    const parts = partsOf(hits);
    const record = vault.transaction(() => {
      const subjects = [{ kind: 'privacy-search', id: id.toString() }];
      const counts = parts.map(({ place, count }) => ({ place, count }));
      const detail = { search: id, erased: refs.size, parts: counts, reason: input.reason };
      const seq = audit.record({ kind: 'privacy.erase', ...caller, subjects, detail });
      for (const ref of refs.keys()) sealing.erase(ref);
      const act = { atMs: runtime.nowMs(), by: caller.actor, record: seq };
      store.insertErasure(store.nextErasureId(), refs.size, act);
      return seq;
    });
    await context.forgetInSearch();
    feed.changed(
      'privacy',
      'statements',
      'receivables',
      'reconciliation',
      'audit',
      'compliance',
      'incidents',
    );
    return { record, erased: refs.size, parts };
  }

  return { find, erase, searched: (id: string) => search(id).searched };
}

function refused({ code, message, until }: NonNullable<ErasePreview['refusal']>): CountersignError {
  const details: ErrorDetails = until === null ? {} : { expected: `a day from ${until} on` };
  return new CountersignError(code as 'PRIVACY_RETENTION_RUNS', message, details);
}

const stale = () =>
  new CountersignError('PRIVACY_STALE', 'The vault changed since the party was looked for. Look again.');
