/** What the audit screens share. */
import { placeOf } from '../app/places.ts';
import { PlaceLink } from '../kit/index.ts';
import { t } from './messages.ts';

/** A kind of record in words; one that a later room adds shows as it is. */
export function Kind({ kind }: { readonly kind: string }) {
  const key = `kind.${kind}`;
  return <span title={kind}>{t.has(key) ? t(key) : kind}</span>;
}

/** Something a record is about, as a link to it where it has a screen. */
export function Subject({ subject }: { readonly subject: { readonly kind: string; readonly id: string } }) {
  const text = `${subject.kind} ${subject.id.length > 12 ? `${subject.id.slice(0, 8)}…` : subject.id}`;
  const to = placeOf(subject);
  return to ? <PlaceLink to={to}>{text}</PlaceLink> : <span>{text}</span>;
}
