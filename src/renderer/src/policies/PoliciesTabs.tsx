import { useRouter } from '@tanstack/react-router';
import { places } from '../app/places.ts';
import { FilterTabs } from '../kit/index.ts';
import { t } from './messages.ts';

/** Switches between what the policies ask for and who could act under them. */
export function PoliciesTabs({ current }: { readonly current: 'policies' | 'simulator' }) {
  const router = useRouter();
  return (
    <FilterTabs
      label={t('tab.label')}
      options={[
        { value: 'policies', label: t('tab.policies') },
        { value: 'simulator', label: t('tab.simulator') },
      ]}
      value={current}
      onChange={(next) => router.history.push(next === 'policies' ? places.policies() : places.simulator())}
    />
  );
}
