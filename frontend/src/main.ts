import 'virtual:tokens.css';
import './main.css';
import './design/icons.svg?url';
import './design/mark.svg?url';
import './design/icon-maskable.svg?url';
import './design/wordmark.svg?url';
