// The pages of ucpalert. The shell (shell.html) holds <ucp-app>, which draws the rest.

import "./theme.ts";
import "./board/board.ts";
import "./door/signin.ts";
import "./app.ts";
