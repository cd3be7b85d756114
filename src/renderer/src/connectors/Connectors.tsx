import { useRouter } from '@tanstack/react-router';
import { places } from '../app/places.ts';
import { FilterTabs, Page, useKeys } from '../kit/index.ts';
import { DeadLettersView } from './DeadLettersView.tsx';
import { ListView } from './ListView.tsx';
import { t } from './messages.ts';
import { type View, views } from './views.ts';
import './connectors.css';

/** Where single messages come from, and those that could not be taken in. */
export function Connectors({ view }: { readonly view: View }) {
  const router = useRouter();
  const show = (next: View) => router.history.replace(places.connectors({ view: next }));
  useKeys(t('keys.group'), [
    {
      combo: 'w',
      label: t('keys.next'),
      run: () => show(views[(views.indexOf(view) + 1) % views.length]!),
    },
  ]);
  return (
    <Page
      title={t('title')}
      actions={
        <FilterTabs<View>
          label={t('views')}
          options={views.map((value) => ({ value, label: t(`view.${value}`) }))}
          value={view}
          onChange={show}
        />
      }
      body="scroll"
    >
      <div className="cs-stack cs-connectors">
        {view === 'connectors' ? <ListView /> : <DeadLettersView />}
      </div>
    </Page>
  );
}
