namespace SimpleFlow.Site;

/// <summary>What a server shows for an address that leads nowhere. It may be shown at any depth, so it has its style in itself, and
/// looks for the first page in the folders above.</summary>
internal static class NotFoundPage
{
    public const string Html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>Page not found · SimpleFlow</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1.25rem; }
        body { background: light-dark(#fff, #12151b); color: light-dark(#1c2230, #dfe3ea); }
        a { color: light-dark(#1a56b8, #86b4ff); }
        </style>
        </head>
        <body>
        <main>
        <h1>Page not found</h1>
        <p>There is no page at this address. It may have been renamed.</p>
        <p lang="zh-CN">此地址没有页面，可能已经改名。</p>
        <p><a id="home" href="index.html">SimpleFlow</a> · <a id="chinese" href="zh-CN/index.html" lang="zh-CN">中文首页</a></p>
        </main>
        <script>
        (async () => {
          const parts = location.pathname.split('/');
          for (let depth = parts.length - 1; depth > 0; depth--) {
            const root = parts.slice(0, depth).join('/') + '/';
            const answer = await fetch(root + 'assets/site.css', { method: 'HEAD' }).catch(() => null);
            if (!answer?.ok) continue;
            document.getElementById('home').href = root + 'index.html';
            document.getElementById('chinese').href = root + 'zh-CN/index.html';
            return;
          }
        })();
        </script>
        </body>
        </html>

        """;
}
