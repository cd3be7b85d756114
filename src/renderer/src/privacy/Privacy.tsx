import { useRouter } from '@tanstack/react-router';
import { places } from '../app/places.ts';
import { ViewsPage } from '../kit/index.ts';
import { EraseView } from './EraseView.tsx';
import { HoldsView } from './HoldsView.tsx';
import { LooksView } from './LooksView.tsx';
import { t } from './messages.ts';
import { RetentionView } from './RetentionView.tsx';
import { useMay } from './reveal.tsx';
import { type View, views } from './views.ts';
import './privacy.css';

/** How long data is kept, what is held, who is erased, and who looked at what is masked. */
export function Privacy({ view }: { readonly view: View }) {
  const router = useRouter();
  const may: Readonly<Record<View, boolean>> = {
    retention: true,
    holds: true,
    erase: useMay('privacy'),
    looks: useMay('unmask'),
  };
  const offered = views.filter((one) => may[one]);
  const shown = may[view] ? view : 'retention';
  return (
    <ViewsPage<View>
      title={t('title')}
      words={{ tabs: t('views'), keys: t('keys.group'), next: t('keys.next') }}
      views={offered.map((value) => ({ value, label: t(`view.${value}`) }))}
      shown={shown}
      onShow={(next) => router.history.replace(places.privacy({ view: next }))}
    >
      <div className="cs-stack cs-privacy">
        {shown === 'retention' && <RetentionView />}
        {shown === 'holds' && <HoldsView />}
        {shown === 'erase' && <EraseView />}
        {shown === 'looks' && <LooksView />}
      </div>
    </ViewsPage>
  );
}
