import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { orpc } from '../app/data.ts';
import { places } from '../app/places.ts';
import { ViewsPage } from '../kit/index.ts';
import { DeadLettersView } from './DeadLettersView.tsx';
import { ListView } from './ListView.tsx';
import { t } from './messages.ts';
import { type View, views } from './views.ts';
import './connectors.css';

/** Where single messages come from, and those that could not be taken in. */
export function Connectors({ view }: { readonly view: View }) {
  const router = useRouter();
  const open = useQuery(orpc.connectors.deadLetterCounts.queryOptions()).data;
  const count = {
    connectors: undefined,
    'dead-letters': open?.reduce((sum, one) => sum + one.open, 0),
  };
  return (
    <ViewsPage<View>
      title={t('title')}
      words={{ tabs: t('views'), keys: t('keys.group'), next: t('keys.next') }}
      views={views.map((value) => ({ value, label: t(`view.${value}`), count: count[value] }))}
      shown={view}
      onShow={(next) => router.history.replace(places.connectors({ view: next }))}
    >
      <div className="cs-stack cs-connectors">
        {view === 'connectors' ? <ListView /> : <DeadLettersView />}
      </div>
    </ViewsPage>
  );
}
