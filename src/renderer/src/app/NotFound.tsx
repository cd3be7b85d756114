import { EmptyState, Page, PlaceLink } from '../kit/index.ts';
import { t } from './messages.ts';
import { places } from './places.ts';

export function NotFound() {
  return (
    <Page title={t('notFound.title')} body="scroll">
      <EmptyState
        title={t('notFound.text')}
        actions={<PlaceLink to={places.dashboard()}>{t('notFound.home')}</PlaceLink>}
      />
    </Page>
  );
}
