import { Button, Menu, MenuItem, PopoverNext } from '@blueprintjs/core';
import { CaretDown, Endorsed, IdNumber, Import } from '@blueprintjs/icons';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';
import type { ApprovalDetail } from '../../../contract/approvals.ts';
import { places } from '../app/places.ts';
import { CardDialog, carryWords, TakeAnswerDialog } from '../packets/index.ts';
import { t } from './messages.ts';

/** What is carried between workstations that share no network: answers in, packets to answer, one's own card. */
export function Carried({ onTaken }: { readonly onTaken: (detail: ApprovalDetail) => void }) {
  const router = useRouter();
  const [open, setOpen] = useState<'take' | 'card' | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <PopoverNext
        placement="bottom-end"
        arrow={false}
        animation="minimal"
        content={
          <Menu>
            <MenuItem icon={<Import />} text={carryWords.take()} onClick={() => setOpen('take')} />
            <MenuItem
              icon={<Endorsed />}
              text={carryWords.answer()}
              onClick={() => router.history.push(places.answerPacket())}
            />
            <MenuItem icon={<IdNumber />} text={carryWords.card()} onClick={() => setOpen('card')} />
          </Menu>
        }
      >
        <Button size="small" endIcon={<CaretDown />}>
          {t('act.carried')}
        </Button>
      </PopoverNext>
      {open === 'take' && (
        <TakeAnswerDialog
          onClose={close}
          onTaken={(detail) => {
            close();
            onTaken(detail);
          }}
        />
      )}
      {open === 'card' && <CardDialog onClose={close} />}
    </>
  );
}
