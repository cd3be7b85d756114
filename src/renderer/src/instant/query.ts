/** What the list shows, as it stands in the address, and what the contract is asked for. Pure. */
import {
  type InstantAge,
  type InstantState,
  instantAges,
  instantStates,
  type PaymentFilter,
} from '../../../contract/instant.ts';

export interface InstantQuery {
  readonly state: InstantState | undefined;
  readonly rail: string | undefined;
  readonly currency: string | undefined;
  readonly direction: 'credit' | 'debit' | undefined;
  readonly age: InstantAge | undefined;
  /** What figures of other screens ask for: an own account, times of arrival, a deadline, a message. */
  readonly account: string | undefined;
  readonly from: number | undefined;
  readonly before: number | undefined;
  readonly due: number | undefined;
  readonly matched: boolean | undefined;
  readonly transit: boolean | undefined;
  readonly message: string | undefined;
  readonly text: string | undefined;
  readonly item: string | undefined;
}

/** A search parameter as text; the router reads a bare number as one. */
const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
const moment = (value: unknown) => (/^\d{1,15}$/.test(String(value)) ? Number(value) : undefined);
const flag = (value: unknown) => (String(value) === '1' ? true : undefined);
const currency = (value: unknown) => (/^[A-Z]{3}$/.test(String(value)) ? String(value) : undefined);

/** Reads the address; what makes no sense counts as not said. */
export function readQuery(search: Record<string, unknown>): InstantQuery {
  return {
    state: instantStates.find((state) => state === search.state),
    rail: text(search.rail)?.slice(0, 30),
    currency: currency(search.currency),
    direction: search.direction === 'credit' || search.direction === 'debit' ? search.direction : undefined,
    age: instantAges.find((age) => age === search.age),
    account: text(search.account),
    from: moment(search.from),
    before: moment(search.before),
    due: moment(search.due),
    matched: flag(search.matched),
    transit: flag(search.transit),
    message: text(search.message),
    text: text(search.text),
    item: text(search.item),
  };
}

/** The query as the address holds it. */
export function writeQuery(query: Partial<InstantQuery>): Record<string, string | undefined> {
  const entries = Object.entries(query).map(([name, value]) => [
    name,
    value === undefined || value === '' || value === false ? undefined : value === true ? '1' : String(value),
  ]);
  return Object.fromEntries(entries);
}

/** What of the query narrows the list besides the state. */
export const isNarrowed = ({ state: _state, item: _item, ...rest }: InstantQuery): boolean =>
  Object.values(rest).some((one) => one !== undefined && one !== '');

/** The filter of the contract. */
export function filterOf(query: InstantQuery): PaymentFilter {
  const { state, rail, currency, direction, age, account, from, before, due, matched, transit, message } =
    query;
  const said = {
    ...{ state, rail, currency, direction, age, bankAccountId: account, dueAtMs: due },
    ...{ receivedFromMs: from, receivedBeforeMs: before, matchedAtOnce: matched, inTransit: transit },
    ...{ messageNumber: message, text: query.text?.trim() || undefined },
  };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
