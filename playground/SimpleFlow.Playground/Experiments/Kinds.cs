namespace SimpleFlow.Playground.Experiments;

/// <summary>The activation functions to choose from.</summary>
public enum ActivationKind { Tanh, Relu, Sigmoid, Linear, LeakyRelu, Elu, Gelu, Silu, Softplus, Step }

/// <summary>The initial values of weights to choose from.</summary>
public enum InitialKind { Fitting, Glorot, He, SmallNormal, LargeNormal, Uniform, Same, Zeros }

/// <summary>The optimizers to choose from: all that the library has.</summary>
public enum OptimizerKind { GradientDescent, Momentum, Nesterov, AdaGrad, RmsProp, Adam, AdamW }

/// <summary>The learning-rate schedules to choose from: all that the library has.</summary>
public enum ScheduleKind { Constant, Linear, Step, Exponential, Cosine, OneCycle, WarmUp }

/// <summary>What the choices are in the library.</summary>
public static class Kinds
{
    // Its slope is 0 wherever it has one, so no gradient passes.
    private static readonly Activation Step = x => x.Greater(0).Cast();

    /// <summary>The function of a kind.</summary>
    public static Activation Of(ActivationKind kind) => kind switch
    {
        ActivationKind.Relu => Activation.Relu,
        ActivationKind.Sigmoid => Activation.Sigmoid,
        ActivationKind.Linear => Activation.None,
        ActivationKind.LeakyRelu => Activation.LeakyRelu,
        ActivationKind.Elu => Activation.Elu,
        ActivationKind.Gelu => Activation.Gelu,
        ActivationKind.Silu => Activation.Silu,
        ActivationKind.Softplus => Activation.Softplus,
        ActivationKind.Step => Step,
        _ => Activation.Tanh,
    };

    /// <summary>The initial values of a kind; null: those that fit the activation.</summary>
    public static Initializer? Of(InitialKind kind) => kind switch
    {
        InitialKind.Glorot => Initializer.Glorot(),
        InitialKind.He => Initializer.He(),
        InitialKind.SmallNormal => Initializer.Normal(0.1f),
        InitialKind.LargeNormal => Initializer.Normal(1),
        InitialKind.Uniform => Initializer.Uniform(-0.5f, 0.5f),
        InitialKind.Same => Initializer.Constant(0.5f),
        InitialKind.Zeros => Initializer.Zeros(),
        _ => null,
    };

    /// <summary>The kind of initial weights that fits an activation: what the library's layers choose by default.</summary>
    public static InitialKind FittingKind(ActivationKind kind) =>
        kind is ActivationKind.Tanh or ActivationKind.Sigmoid or ActivationKind.Linear or ActivationKind.Softplus
            ? InitialKind.Glorot : InitialKind.He;

    /// <summary>The initial weights that fit an activation.</summary>
    public static Initializer Fitting(ActivationKind kind) => Of(FittingKind(kind))!;

    /// <summary>An optimizer with a rate.</summary>
    public static Optimizer Of(OptimizerKind kind, float rate) => kind switch
    {
        OptimizerKind.Momentum => new Momentum(rate),
        OptimizerKind.Nesterov => new Nesterov(rate),
        OptimizerKind.AdaGrad => new AdaGrad(rate),
        OptimizerKind.RmsProp => new RmsProp(rate),
        OptimizerKind.Adam => new Adam(rate),
        OptimizerKind.AdamW => new AdamW(rate),
        _ => new GradientDescent(rate),
    };

    /// <summary>A schedule; null: the rate stays.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="steps">How many steps it spans.</param>
    /// <param name="epochs">How many epochs it spans.</param>
    public static Schedule? Of(ScheduleKind kind, long steps, int epochs) => kind switch
    {
        ScheduleKind.Linear => Schedule.Linear(),
        ScheduleKind.Step => Schedule.Step(Math.Max(1, epochs / 4), factor: 0.5),
        ScheduleKind.Exponential => Schedule.Exponential(0.99),
        ScheduleKind.Cosine => Schedule.Cosine(0.01),
        ScheduleKind.OneCycle => Schedule.OneCycle(),
        ScheduleKind.WarmUp => Schedule.Constant.WithWarmUp(steps / 10),
        _ => null,
    };
}
