namespace SimpleFlow.Site;

/// <summary>The words around the pages, in one of the two languages.</summary>
public sealed record Language(string Code, string Name)
{
    public static readonly Language English = new("en", "English");

    public static readonly Language Chinese = new("zh-CN", "中文");

    private bool IsEnglish => Code == "en";

    /// <summary>Where the pages of this language that belong to no folder of theirs lie.</summary>
    public string Folder => IsEnglish ? "" : "zh-CN/";

    public Language Other => IsEnglish ? Chinese : English;

    public string Of(string english, string chinese) => IsEnglish ? english : chinese;

    public string Skip => Of("Skip to the text", "跳到正文");
    public string Menu => Of("Menu", "目录");
    public string Pages => Of("Pages", "页面");
    public string OnThisPage => Of("On this page", "本页内容");
    public string Search => Of("Search", "搜索");
    public string SearchHint => Of("Pages, types and members, errors", "页面、类型与成员、错误信息");
    public string SearchHelp => Of("↑ ↓ to choose, Enter to open, Esc to close", "↑ ↓ 选择，Enter 打开，Esc 关闭");
    public string Done => Of("done", "已完成");
    public string ToDo => Of("to do", "待办");
    public string Nothing => Of("Nothing found", "没有找到结果");
    public string Results => Of("results", "个结果");
    public string NoIndex => Of("The search index could not be loaded.", "无法加载搜索索引。");
    public string Close => Of("Close", "关闭");
    public string Copy => Of("Copy", "复制");
    public string Copied => Of("Copied", "已复制");
    public string Theme => Of("Light or dark", "浅色或深色");
    public string Previous => Of("Previous", "上一页");
    public string Next => Of("Next", "下一页");
    public string Overview => Of("SimpleFlow at a glance", "SimpleFlow 概览");
    public string SourceCode => Of("source code", "源代码");
    public string Gallery => Of("Gallery", "示例图集");
    public string Api => Of("API reference", "API 参考");
    /// <summary>What stands behind a link that leads out of this language.</summary>
    public string Elsewhere => Of(" (中文)", "（英文）");
    public string LinkTo => Of("Link to", "链接到");
}
