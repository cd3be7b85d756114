import { describe, expect, it } from 'vitest';
import { filesUnder } from '../house/files.ts';

const sources = filesUnder(['src/renderer/src'], /\.tsx?$/);
const holding = (word: string) =>
  sources.filter(({ text }) => text.includes(word)).map(({ path }) => path.replace('src/renderer/src/', ''));

describe('the camera', () => {
  it('is asked for in one file of the page, which the two dialogs that scan alone use', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(holding('getUserMedia')).toEqual(['packets/camera.ts']);
    expect(holding('mediaDevices')).toEqual(['packets/camera.ts']);
    expect(holding('countersign:camera-open')).toEqual(['packets/camera.ts']);
    expect(holding('camera.ts')).toEqual(['packets/useScanner.ts']);
    expect(holding('useScanner.ts').sort()).toEqual([
      'ceremonies/ScanShareDialog.tsx',
      'packets/ScanDialog.tsx',
    ]);
  });
});
