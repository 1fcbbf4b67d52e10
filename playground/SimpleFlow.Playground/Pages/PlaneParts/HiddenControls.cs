using SimpleFlow.Playground.Experiments;
using SimpleFlow.Playground.Language;

namespace SimpleFlow.Playground.Pages.PlaneParts;

/// <summary>Hides controls of the plane: for the eye, the keyboard and a screen reader alike.</summary>
public static class HiddenControls
{
    /// <summary>The style that hides them.</summary>
    public static string Style(IReadOnlyList<HiddenControl> hidden) => string.Join('\n', hidden.Distinct().Select(Style));

    /// <summary>What a group of controls is called.</summary>
    public static string Name(this Words words, HiddenControl control) => control switch
    {
        HiddenControl.Sources => words.Of("data sets", "数据集"),
        HiddenControl.Points => words.Of("points, noise, batch", "点数、噪声、批大小"),
        HiddenControl.Features => words.Of("features", "特征"),
        HiddenControl.Layers => words.Of("layers and units", "层与单元"),
        HiddenControl.Initial => words.Of("initial weights", "初始权重"),
        HiddenControl.Rate => words.Of("learning rate", "学习率"),
        HiddenControl.Optimizer => words.Of("optimizer", "优化器"),
        HiddenControl.Schedule => words.Of("schedule", "学习率调度"),
        HiddenControl.Regularisation => words.Of("regularisation", "正则化"),
        HiddenControl.Speed => words.Of("speed", "速度"),
        HiddenControl.Compare => words.Of("compare runs", "比较多次运行"),
        HiddenControl.Inside => words.Of("inside", "内部"),
        _ => words.Of("take it with you", "带走"),
    };

    private static string Style(HiddenControl control) => control switch
    {
        // What the network has stays in the drawing, but cannot be switched.
        HiddenControl.Features => $"{None(".unit.off[id^=use-]")} .unit[id^=use-] {{ pointer-events: none; interactivity: inert; }}",
        HiddenControl.Sources => None(".sources"),
        HiddenControl.Points => None(Field("noise"), Field("count"), Field("classes"), Field("share"), Field("batch"), "#redraw"),
        HiddenControl.Layers => None("#fewer-layers", "#more-layers", ".units button", ".column select"),
        HiddenControl.Initial => None(Field("initial"), ".check:has(#norm)", ".spread", "#dice"),
        HiddenControl.Rate => None(Field("rate")),
        HiddenControl.Optimizer => None(Field("optimizer")),
        HiddenControl.Schedule => None(Field("schedule")),
        HiddenControl.Regularisation => None(Field("l1"), Field("l2"), Field("dropout")),
        HiddenControl.Speed => None(Field("speed")),
        HiddenControl.Compare => None("#compare"),
        HiddenControl.Inside => None("#inside"),
        _ => None("#out"),
    };

    private static string Field(string id) => $".field:has(#{id})";

    private static string None(params string[] selectors) => $"{string.Join(", ", selectors)} {{ display: none !important; }}";
}
