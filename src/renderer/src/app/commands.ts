/** The commands that belong to no single screen: the palette, the menu and the keys run them. */
import { notify, notifyProblem, writeDuration } from '../kit/index.ts';
import { client, orpc, queryClient } from './data.ts';
import { forgetVault } from './feed.ts';
import { t } from './messages.ts';

export async function verifyBooks(): Promise<void> {
  try {
    const result = await client.system.verify();
    const finding = result.checks.find((check) => !check.ok);
    const examined = result.checks.reduce((sum, check) => sum + check.examined, 0);
    notify(
      result.verified
        ? {
            text: t('verify.good', {
              checks: result.checks.length,
              examined,
              duration: writeDuration(result.durationMs),
            }),
            tone: 'success',
          }
        : { text: t('verify.bad', { finding: finding?.findings[0] ?? finding?.name ?? '' }), tone: 'danger' },
    );
    await queryClient.invalidateQueries({ queryKey: [['dashboard']] });
  } catch (error) {
    notifyProblem(error);
  }
}

export async function runMatching(): Promise<void> {
  try {
    const result = await client.reconciliation.run();
    notify({
      text: t('match.done', {
        considered: result.considered,
        matched: result.matched,
        suggested: result.suggested,
        unmatched: result.unmatched,
      }),
      tone: 'success',
    });
  } catch (error) {
    notifyProblem(error);
  }
}

export async function lockVault(): Promise<void> {
  try {
    await client.vault.lock();
  } catch (error) {
    notifyProblem(error);
  }
  forgetVault();
}

/** Shuts the windows out; the vault stays open and its work goes on. */
export async function lockSession(): Promise<void> {
  try {
    queryClient.setQueryData(orpc.vault.status.queryKey(), await client.vault.lockSession());
  } catch (error) {
    notifyProblem(error);
  }
  forgetVault();
}

/** Takes in the sample data and runs the main job on it. */
export async function loadDemo(): Promise<void> {
  try {
    await client.system.demo();
    await queryClient.invalidateQueries();
  } catch (error) {
    notifyProblem(error);
  }
}
