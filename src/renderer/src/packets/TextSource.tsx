import { Button, FormGroup, TextArea } from '@blueprintjs/core';
import { useId, useRef, useState } from 'react';
import { MOST_TEXT_CHARACTERS } from './frames.ts';
import { t } from './messages.ts';
import { ScanDialog } from './ScanDialog.tsx';
import './packets.css';

/** Where a file from another workstation comes from: a file, the camera, or what was copied. */
export function TextSource({
  onText,
  busy = false,
}: {
  readonly onText: (text: string) => void;
  readonly busy?: boolean;
}) {
  const picker = useRef<HTMLInputElement>(null);
  const [scanning, setScanning] = useState(false);
  const [pasted, setPasted] = useState('');
  const [tooLong, setTooLong] = useState(false);
  const id = useId();
  const take = async (file: File) => {
    // Nobody's packet is that long; nothing of it is read.
    const isLong = file.size > MOST_TEXT_CHARACTERS;
    setTooLong(isLong);
    if (!isLong) onText(await file.text());
  };
  return (
    <div className="cs-packet-source">
      <div className="cs-packet-source-acts">
        <Button intent="primary" loading={busy} onClick={() => picker.current?.click()}>
          {t('in.file')}
        </Button>
        <Button disabled={busy} onClick={() => setScanning(true)}>
          {t('in.scan')}
        </Button>
        <input
          ref={picker}
          type="file"
          accept=".json,application/json"
          className="cs-hidden"
          aria-label={t('in.file')}
          tabIndex={-1}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            event.currentTarget.value = '';
            if (file) void take(file);
          }}
        />
      </div>
      {tooLong && <p role="alert">{t('in.tooLong')}</p>}
      <FormGroup label={t('in.paste')} labelFor={id}>
        <TextArea
          id={id}
          fill
          rows={3}
          className="cs-mono"
          spellCheck={false}
          maxLength={MOST_TEXT_CHARACTERS}
          value={pasted}
          onChange={(event) => setPasted(event.currentTarget.value)}
        />
      </FormGroup>
      <Button disabled={pasted.trim() === '' || busy} onClick={() => onText(pasted)}>
        {t('in.read')}
      </Button>
      {scanning && (
        <ScanDialog
          onClose={() => setScanning(false)}
          onText={(text) => {
            setScanning(false);
            onText(text);
          }}
        />
      )}
    </div>
  );
}
