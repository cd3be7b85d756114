import { Button, InputGroup, PopoverNext } from '@blueprintjs/core';
import { Bookmark } from '@blueprintjs/icons';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { type SavedView, VIEW_LIMITS, type ViewScreen } from '../../../contract/views.ts';
import { client, orpc, refetchRooms } from '../app/data.ts';
import { KeyCaps, notify, notifyProblem, useKeys } from '../kit/index.ts';
import { t } from './messages.ts';
import './views.css';

type ViewFilters = SavedView['filters'];

/** The views that somebody keeps of a screen, behind one button: opened, kept and removed there. */
export function SavedViews(props: {
  readonly screen: ViewScreen;
  /** What the screen shows now. */
  readonly filters: ViewFilters;
  readonly onOpen: (filters: ViewFilters) => void;
}) {
  const [isOpen, setIsOpen] = useState(false);
  useKeys(t('keys.group'), [{ combo: 'v', label: t('keys.open'), run: () => setIsOpen(true) }]);
  return (
    <PopoverNext
      isOpen={isOpen}
      onInteraction={setIsOpen}
      placement="bottom-end"
      arrow={false}
      animation="minimal"
      content={
        <Panel
          {...props}
          onOpen={(filters) => {
            setIsOpen(false);
            props.onOpen(filters);
          }}
        />
      }
    >
      <Button size="small" icon={<Bookmark />} endIcon={<KeyCaps combo="v" />} aria-expanded={isOpen}>
        {t('open')}
      </Button>
    </PopoverNext>
  );
}

async function attempt(act: () => Promise<unknown>, text: string): Promise<boolean> {
  try {
    await act();
    notify({ text, tone: 'success' });
    return true;
  } catch (error) {
    notifyProblem(error);
    return false;
  } finally {
    refetchRooms(['views']);
  }
}

function Panel({ screen, filters, onOpen }: Parameters<typeof SavedViews>[0]) {
  const id = useId();
  const [name, setName] = useState('');
  const views = useQuery(orpc.views.list.queryOptions({ input: { screen } })).data ?? [];
  const given = name.trim();
  const isFiltered = Object.keys(filters).length > 0;
  const save = async () => {
    if (given === '' || !isFiltered) return;
    if (await attempt(() => client.views.save({ screen, name: given, filters }), t('saved', { name: given })))
      setName('');
  };
  const remove = (view: SavedView) =>
    void attempt(() => client.views.remove({ id: view.id }), t('removed', { name: view.name }));
  return (
    <div className="cs-views">
      {views.length === 0 ? (
        <p className="cs-muted">{t('none')}</p>
      ) : (
        <ul aria-label={t('list')}>
          {views.map((view, at) => (
            <li key={view.id}>
              <Button
                fill
                variant="minimal"
                alignText="start"
                autoFocus={at === 0}
                onClick={() => onOpen(view.filters)}
              >
                {view.name}
              </Button>
              <Button
                size="small"
                variant="minimal"
                aria-label={t('remove', { name: view.name })}
                onClick={() => remove(view)}
              >
                ✕
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <InputGroup
          id={`${id}-name`}
          aria-label={t('name')}
          placeholder={isFiltered ? t('name') : t('nothing')}
          autoFocus={views.length === 0}
          maxLength={VIEW_LIMITS.name}
          disabled={!isFiltered}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" disabled={given === '' || !isFiltered}>
          {t('save')}
        </Button>
      </form>
    </div>
  );
}
