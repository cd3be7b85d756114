import { useRouter } from '@tanstack/react-router';
import { places } from '../app/places.ts';
import { FilterTabs } from '../kit/index.ts';
import { t } from './messages.ts';

/** Switches between what waits and the rights that are lent. */
export function ApprovalsTabs({ current }: { readonly current: 'requests' | 'delegations' }) {
  const router = useRouter();
  return (
    <FilterTabs
      label={t('tab.label')}
      options={[
        { value: 'requests', label: t('tab.requests') },
        { value: 'delegations', label: t('tab.delegations') },
      ]}
      value={current}
      onChange={(next) =>
        router.history.push(next === 'requests' ? places.approvals() : places.delegations())
      }
    />
  );
}
