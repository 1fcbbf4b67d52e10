using System.Diagnostics.CodeAnalysis;

namespace SimpleFlow.Playground.Pages;

/// <summary>An experiment in the list at the top of the page.</summary>
/// <param name="Name">Its name in the address, after #.</param>
/// <param name="English">What it is called.</param>
/// <param name="Chinese">What it is called in Chinese.</param>
/// <param name="Component">The component that shows it.</param>
public sealed record Entry(string Name, string English, string Chinese,
    [property: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)]
    [param: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.All)]
    Type Component)
{
    /// <summary>All of them, in order.</summary>
    public static IReadOnlyList<Entry> All { get; } =
    [
        new("plane", "Plane", "平面", typeof(Plane)),
        new("digits", "Digits", "数字", typeof(Digits)),
        new("descent", "Descent", "下降", typeof(Descent)),
        new("sequence", "Sequence", "序列", typeof(Sequence)),
    ];

    /// <summary>The experiment of a name; the first if there is none.</summary>
    public static Entry Of(string name) => All.FirstOrDefault(entry => entry.Name == name) ?? All[0];
}
