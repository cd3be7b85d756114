import { EmptyState, PlaceLink } from '../kit/index.ts';
import { t } from './messages.ts';
import { places } from './places.ts';

export function NotFound() {
  return (
    <EmptyState
      title={t('notFound.title')}
      text={t('notFound.text')}
      actions={<PlaceLink to={places.dashboard()}>{t('notFound.home')}</PlaceLink>}
    />
  );
}
