/** What stands before the frame while no vault is open. It shows nothing of any vault's content. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { VaultStatus } from '../../../contract/vault.ts';
import { client, orpc } from '../app/data.ts';
import { ErrorState, Skeleton } from '../kit/index.ts';
import { CreateVault } from './CreateVault.tsx';
import { GateFrame } from './GateFrame.tsx';
import { OpenVault } from './OpenVault.tsx';
import { RestoreVault } from './RestoreVault.tsx';
import { Start } from './Start.tsx';

export function Gate() {
  const vaults = useQuery(orpc.vault.list.queryOptions({ staleTime: 0 }));
  const [step, setStep] = useState<'open' | 'create' | 'restore'>('open');
  const [restored, setRestored] = useState<string>();
  const enter = useEnter();
  const demo = useMutation({ mutationFn: () => openDemo(enter) });

  return (
    <GateFrame>
      {vaults.data === undefined ? (
        vaults.isError ? (
          <ErrorState error={vaults.error} onRetry={() => void vaults.refetch()} />
        ) : (
          <Skeleton lines={5} />
        )
      ) : step === 'restore' ? (
        <RestoreVault
          taken={vaults.data.vaults.map((vault) => vault.name)}
          folder={vaults.data.folder}
          onBack={() => setStep('open')}
          onDone={async (directory) => {
            setRestored(directory);
            await vaults.refetch();
            setStep('open');
          }}
        />
      ) : step === 'create' ? (
        <CreateVault
          taken={vaults.data.vaults.map((vault) => vault.name)}
          onBack={() => setStep('open')}
          onDone={enter}
        />
      ) : vaults.data.vaults.length === 0 ? (
        <Start
          onCreate={() => setStep('create')}
          onRestore={() => setStep('restore')}
          onDemo={() => demo.mutate()}
          isBusy={demo.isPending}
        />
      ) : (
        <OpenVault
          vaults={vaults.data.vaults}
          folder={vaults.data.folder}
          onOpened={enter}
          chosen={restored}
          onCreate={() => setStep('create')}
          onRestore={() => setStep('restore')}
          onDemo={() => demo.mutate()}
          isBusy={demo.isPending}
        />
      )}
      {demo.isError && <ErrorState error={demo.error} />}
    </GateFrame>
  );
}

/** Goes in: the status is known from the answer, so that nothing flickers. */
function useEnter(): (status: VaultStatus) => void {
  const cache = useQueryClient();
  return (status) => {
    cache.setQueryData(orpc.vault.status.queryKey(), status);
  };
}

async function openDemo(enter: (status: VaultStatus) => void): Promise<void> {
  const opened = await client.vault.openDemo();
  // The sample data comes in as work of the engine, with its progress in the status bar.
  enter(opened.status);
}
