/** What the audit screens share. */
import { placeOf } from '../app/places.ts';
import { PlaceLink } from '../kit/index.ts';
import { useActorName } from '../operators/actors.tsx';
import { t } from './messages.ts';

/** A kind of record in words; one that a later room adds shows as it is. */
export function Kind({ kind }: { readonly kind: string }) {
  const key = `kind.${kind}`;
  return <span title={kind}>{t.has(key) ? t(key) : kind}</span>;
}

/** Something a record is about, as a link to it where it has a screen; an operator by name. */
export function Subject({ subject }: { readonly subject: { readonly kind: string; readonly id: string } }) {
  const to = placeOf(subject);
  const nameOf = useActorName();
  const actor = `operator-${subject.id}`;
  const name = subject.kind === 'operator' ? nameOf(actor) : actor;
  const text = name === actor ? subjectWords(subject) : name;
  return to ? <PlaceLink to={to}>{text}</PlaceLink> : <span>{text}</span>;
}

export function subjectWords({ kind, id }: { readonly kind: string; readonly id: string }): string {
  const key = `subject.${kind}`;
  const shortId = id.length > 12 ? `${id.slice(0, 8)}…` : id;
  return t.has(key) ? t(key, { id: shortId }) : t('subject.other', { kind, id: shortId });
}
