/** Files dropped anywhere in the window go to the import. */
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { runMatching } from '../app/commands.ts';
import { places } from '../app/places.ts';
import { notify, waitsIn } from '../kit/index.ts';
import { summaryOf } from './Imports.tsx';
import { t } from './messages.ts';
import { forgetUploads, importFiles, onUploadsDone } from './uploads.ts';

export function DropZone() {
  const router = useRouter();
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  useEffect(() => {
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onEnter = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      depth.current += 1;
      setOver(true);
    };
    const onOver = (event: DragEvent) => {
      if (carriesFiles(event)) event.preventDefault();
    };
    const onLeave = () => {
      depth.current = Math.max(0, depth.current - 1);
      if (depth.current === 0) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      depth.current = 0;
      setOver(false);
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void importFiles(files);
      router.history.push(`${places.imports()}?show=now`);
    };
    window.addEventListener('dragenter', onEnter);
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragenter', onEnter);
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [router]);
  useEffect(
    () =>
      onUploadsDone((ended) => {
        // What waits for a second person has told so by itself.
        const finished = ended.filter(({ state, problem }) => state !== 'cancelled' && !waitsIn(problem));
        if (finished.length === 0) return;
        notify({
          text: t('imports.finished', { summary: summaryOf(finished) }),
          tone: finished.some((one) => one.state === 'failed' || one.result?.outcome === 'refused')
            ? 'warning'
            : 'success',
        });
        // What came in may settle what is open, whichever of the two it was.
        if (finished.some((one) => one.result?.outcome === 'imported')) void runMatching();
      }),
    [],
  );
  useEffect(() => forgetUploads, []);
  if (!over) return null;
  return (
    <div className="cs-drop" aria-hidden="true">
      <p>{t('imports.dropTitle')}</p>
      <p className="cs-muted">{t('imports.dropHint')}</p>
    </div>
  );
}
