/** The sheets that every screen stands on, before those of the rooms. */
import '@blueprintjs/core/lib/css/blueprint.css';
import '@blueprintjs/select/lib/css/blueprint-select.css';
import './kit/kit.css';
import './app/app.css';
