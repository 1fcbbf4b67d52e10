namespace SimpleFlow.Playground.Language;

/// <summary>The language that the reader has chosen. Both versions of a text stand side by side where it is shown:
/// <c>@Words.Of("Learning rate", "学习率")</c>.</summary>
public sealed class Words
{
    /// <summary>Whether it is Chinese; otherwise English.</summary>
    public bool IsChinese
    {
        get;
        set
        {
            if (field == value) return;
            field = value;
            Changed?.Invoke();
        }
    }

    /// <summary>Called after the language has changed.</summary>
    public event Action? Changed;

    /// <summary>The code of the language in HTML.</summary>
    public string Code => IsChinese ? "zh-CN" : "en";

    /// <summary>The version of a text in the chosen language.</summary>
    public string Of(string english, string chinese) => IsChinese ? chinese : english;
}
