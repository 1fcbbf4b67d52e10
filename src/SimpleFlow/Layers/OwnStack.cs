using System.Runtime.ExceptionServices;

namespace SimpleFlow;

/// <summary>Runs recursive work of bounded depth on a thread whose stack is large enough for it. Layers nested
/// <see cref="Layer.MostNested"/> deep take the platform's JSON reader more than 300 kB, which the caller's thread may not have; and nobody
/// can catch a stack overflow.</summary>
internal static class OwnStack
{
    // Ten times what is needed; only what is used becomes memory.
    private const int Bytes = 4 << 20;

    public static T Run<T>(Func<T> work)
    {
        // A browser has one thread.
        if (OperatingSystem.IsBrowser()) return work();
        var result = default(T)!;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        }, Bytes);
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }
}
