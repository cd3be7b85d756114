import { Button } from '@blueprintjs/core';
import { KeyCaps } from '../kit/index.ts';
import type { ItemData } from './Item.tsx';
import { t } from './messages.ts';

/** The buttons under the right hand; each names its key. */
export function Decision(props: {
  readonly data: ItemData;
  readonly canConfirm: boolean;
  readonly onConfirm: () => void;
  readonly onReject: () => void;
  readonly onAllocate: () => void;
  readonly onUndo: () => void;
}) {
  const { data, canConfirm } = props;
  if (data.match) {
    return (
      <Button onClick={props.onUndo} endIcon={<KeyCaps combo="u" />}>
        {t('act.undo')}
      </Button>
    );
  }
  return (
    <>
      <Button
        intent="primary"
        disabled={!canConfirm}
        onClick={props.onConfirm}
        endIcon={<KeyCaps combo="Enter" />}
      >
        {t('act.confirm')}
      </Button>
      <Button disabled={!canConfirm} onClick={props.onReject} endIcon={<KeyCaps combo="r" />}>
        {t('act.reject')}
      </Button>
      <Button onClick={props.onAllocate} endIcon={<KeyCaps combo="e" />}>
        {t('act.edit')}
      </Button>
    </>
  );
}
