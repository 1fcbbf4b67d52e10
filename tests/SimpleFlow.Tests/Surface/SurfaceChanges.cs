namespace SimpleFlow.Tests.Surface;

/// <summary>What has changed between two public surfaces, as <see cref="SurfaceText"/> writes them, and which version that
/// demands.</summary>
/// <param name="Breaking">What a program may have used and no longer finds, or must now do.</param>
/// <param name="Additions">What is new.</param>
internal sealed record SurfaceChanges(IReadOnlyList<string> Breaking, IReadOnlyList<string> Additions)
{
    public static SurfaceChanges Between(string before, string now)
    {
        var (old, current) = (Members(before), Members(now));
        var types = old.Select(member => member.Type).ToHashSet(StringComparer.Ordinal);
        return new SurfaceChanges(
            [.. old.Except(current).Select(member => $"removed or changed: {member}"),
                // Who derives from a type, or implements an interface, has to add what is abstract.
                .. current.Except(old).Where(member => types.Contains(member.Type) && MustBeImplemented(member))
                    .Select(member => $"must be implemented: {member}")],
            [.. current.Except(old).Where(member => !types.Contains(member.Type) || !MustBeImplemented(member))
                .Select(member => $"added: {member}")]);
    }

    /// <summary>Why a version does not fit the changes since the last one; null if it does.</summary>
    /// <param name="last">The last version.</param>
    /// <param name="version">The version to be.</param>
    public string? Objection(Version last, Version version)
    {
        if (version <= last) return $"{version} does not come after {last}, which is released.";
        var (isMajor, isMinor) = (version.Major > last.Major, version.Major > last.Major || version.Minor > last.Minor);
        // Before 1.0 the second number stands for the first.
        var (breaking, adding) = last.Major == 0 ? (isMinor, true) : (isMajor, isMinor);
        return Breaking.Count > 0 && !breaking ? Said("breaks programs", Breaking, last.Major == 0 ? "MINOR" : "MAJOR")
            : Additions.Count > 0 && !adding ? Said("adds to the surface", Additions, "MINOR") : null;

        string Said(string what, IReadOnlyList<string> changes, string part) =>
            $"{version} {what} of {last}, so its {part} part must be higher:\n  {string.Join("\n  ", changes)}";
    }

    private static bool MustBeImplemented(Member member) =>
        member.Type.StartsWith("interface ", StringComparison.Ordinal) || member.Text.Contains("abstract ", StringComparison.Ordinal);

    // The first line counts the types.
    private static List<Member> Members(string surface)
    {
        var (members, type) = (new List<Member>(), "");
        foreach (var line in surface.ReplaceLineEndings("\n").Split('\n').Skip(1).Where(line => line.Length > 0))
        {
            if (line[0] != ' ') type = line;
            members.Add(new Member(type, line.Trim()));
        }
        return members;
    }

    private sealed record Member(string Type, string Text)
    {
        public override string ToString() => Type == Text ? Type : $"{Type}: {Text}";
    }
}
