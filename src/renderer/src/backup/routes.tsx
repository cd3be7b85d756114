import { createRoute } from '@tanstack/react-router';
import { rootRoute } from '../app/root.tsx';
import { BackupScreen } from './Backup.tsx';

const backupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/backup',
  component: BackupScreen,
});

export const backupRoutes = [backupRoute] as const;
