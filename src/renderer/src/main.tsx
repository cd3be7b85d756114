import './styles.ts';
import './app/no-eval.ts';
import { BlueprintProvider } from '@blueprintjs/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { connect } from './app/connection.ts';
import { queryClient } from './app/data.ts';
import { startFeed } from './app/feed.ts';
import { startLanguage } from './app/language.ts';
import { startTheme } from './app/theme.ts';
import { ErrorBoundary, listenForKeys } from './kit/index.ts';

connect();
startTheme();
startFeed();
listenForKeys();

// No await at this level: a page that waits is cut into other files, in which scripts run before no-eval.ts.
void startLanguage().then(() =>
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <BlueprintProvider>
        <QueryClientProvider client={queryClient}>
          <ErrorBoundary>
            <App />
          </ErrorBoundary>
        </QueryClientProvider>
      </BlueprintProvider>
    </StrictMode>,
  ),
);
