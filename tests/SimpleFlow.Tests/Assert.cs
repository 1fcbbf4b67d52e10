namespace SimpleFlow.Tests;

/// <summary>xUnit's assertions, except that nothing holds for all of nothing: an empty collection is usually a test that looks in the
/// wrong place. Where a collection may be empty, write a loop.</summary>
internal sealed class Assert : Xunit.Assert
{
    public static new void All<T>(IEnumerable<T> collection, Action<T> action) => Xunit.Assert.All(collection, action, throwIfEmpty: true);

    public static new void All<T>(IEnumerable<T> collection, Action<T, int> action) =>
        Xunit.Assert.All(collection, action, throwIfEmpty: true);
}
