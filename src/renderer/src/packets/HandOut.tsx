import { Button, Callout, FormGroup, InputGroup } from '@blueprintjs/core';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { orpc } from '../app/data.ts';
import { ErrorState, FilterTabs } from '../kit/index.ts';
import { t } from './messages.ts';
import { QrLoop } from './QrLoop.tsx';
import './packets.css';

/** A file of ours on its way to another workstation: as a loop of codes, or into a folder such as a stick. */
export function HandOut({ text }: { readonly text: string }) {
  const [way, setWay] = useState<'codes' | 'file'>('codes');
  return (
    <div className="cs-handout">
      <FilterTabs<'codes' | 'file'>
        label={t('out.way')}
        options={[
          { value: 'codes', label: t('out.codes') },
          { value: 'file', label: t('out.file') },
        ]}
        value={way}
        onChange={setWay}
      />
      {way === 'codes' ? <QrLoop text={text} /> : <SaveForm text={text} />}
    </div>
  );
}

function SaveForm({ text }: { readonly text: string }) {
  const [folder, setFolder] = useState('');
  const id = useId();
  const save = useMutation(orpc.approvals.saveFile.mutationOptions());
  const isReady = folder.trim() !== '' && !save.isPending;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) save.mutate({ text, folder: folder.trim() });
      }}
    >
      <FormGroup label={t('out.folder')} labelFor={id} helperText={t('out.folderHint')}>
        <InputGroup
          id={id}
          autoFocus
          className="cs-mono"
          autoComplete="off"
          spellCheck={false}
          value={folder}
          onChange={(event) => setFolder(event.currentTarget.value)}
        />
      </FormGroup>
      <Button type="submit" intent="primary" disabled={!isReady} loading={save.isPending}>
        {t('out.save')}
      </Button>
      {save.data && (
        <Callout intent="success" icon={null} role="status" className="cs-handout-done">
          <p>{t('out.saved')}</p>
          <p className="cs-mono">{save.data.path}</p>
        </Callout>
      )}
      {save.isError && <ErrorState error={save.error} />}
    </form>
  );
}
